import { mongodbAddress, mongodbSchemes, mongodbServer } from '@hometrip/runtime/addresses';
import { z } from 'zod';
import type { ComponentKind } from '../component.ts';
import {
  componentWorkload,
  databasePassword,
  dropsToOwnUser,
  ownDatabase,
  portNumber,
  tcp,
  versionParam,
} from '../shared.ts';

const params = z.strictObject({
  version: versionParam('8').describe('Version of MongoDB.'),
  port: portNumber(27017, 'Port on the loopback interface.'),
});
type Params = z.infer<typeof params>;

/** Document store; each service has a database and a user of its own. */
export const mongodb: ComponentKind<Params> = {
  kind: 'mongodb',
  description: 'MongoDB: the document store',
  replicable: false,
  capabilities: ['documents'],
  schemes: mongodbSchemes,
  readAddress: (url, of) => void (of === 'server' ? mongodbServer(url) : mongodbAddress(url)),
  params,
  ports: ({ port }) => ({ mongodb: port }),
  workload: ({ name, params: { version, port }, limits, databases }) =>
    componentWorkload({
      name,
      image: `mongo:${version}`,
      environment: { MONGO_INITDB_ROOT_USERNAME: 'root' },
      secrets: [
        { secret: `${name}-root-password`, env: 'MONGO_INITDB_ROOT_PASSWORD_FILE' },
        ...databases.map(databasePassword),
      ],
      ports: [tcp('mongodb', 27017, port)],
      volumes: [
        { name: `${name}-data`, path: '/data/db' },
        { name: `${name}-config`, path: '/data/configdb' },
      ],
      files: [{ source: 'scripts/init-mongodb.js', path: '/docker-entrypoint-initdb.d/10-users.js' }],
      health: {
        kind: 'exec',
        command: ['mongosh', '--quiet', '--eval', 'quit(db.adminCommand({ ping: 1 }).ok ? 0 : 1)'],
        startPeriodSeconds: 40,
      },
      limits,
      capabilities: dropsToOwnUser,
      scratch: ['/tmp'],
      readOnly: true,
      stopGrace: 60,
    }),
  bindings: (input) =>
    ownDatabase(input, {
      capability: 'documents',
      env: 'DOCUMENTS_URL',
      scheme: 'mongodb',
      port: 'mongodb',
      role: 'given',
    }),
  ownDatabases: true,
  metrics: () => [],
  console: () => undefined,
  secrets: ({ name }) => [
    {
      name: `${name}-root-password`,
      kind: 'password',
      description: 'Root user of MongoDB; no service has it.',
    },
  ],
  monitoring: () => ({ alerts: [], panels: [] }),
};
