import { mongodbAddress, mongodbSchemes, mongodbServer } from '@hometrip/runtime/addresses';
import { endpoint, expr } from '../../model/expression.ts';
import { defineComponent } from '../define.ts';
import { databasePassword, databasesIn, dropsToOwnUser, instanceOf, portNumber, tcp } from '../shared.ts';
import { initScript } from './init-script.ts';

const initName = (name: string): string => `init-${instanceOf('mongodb', name)}.js`;

/** Document store; each service has a database and a user of its own. */
export const mongodb = defineComponent({
  kind: 'mongodb',
  description: 'MongoDB: the document store',
  version: { default: '8', of: 'Version of MongoDB.' },
  params: { port: portNumber(27017, 'Port on the loopback interface.') },
  capabilities: ['documents'],
  schemes: mongodbSchemes,
  readAddress: (url, of) => void (of === 'server' ? mongodbServer(url) : mongodbAddress(url)),
  listens: ({ port }) => [tcp('mongodb', 27017, port)],
  runs: ({ name, params: { version }, databases }) => ({
    image: `mongo:${version}`,
    environment: { MONGO_INITDB_ROOT_USERNAME: 'root' },
    secrets: [
      { secret: `${name}-root-password`, env: 'MONGO_INITDB_ROOT_PASSWORD_FILE' },
      ...databases.map(databasePassword),
    ],
    volumes: [
      { name: `${name}-data`, path: '/data/db' },
      { name: `${name}-config`, path: '/data/configdb' },
    ],
    files:
      databases.length === 0
        ? []
        : [{ source: `scripts/${initName(name)}`, path: '/docker-entrypoint-initdb.d/10-users.js' }],
    health: {
      kind: 'exec',
      command: ['mongosh', '--quiet', '--eval', 'quit(db.adminCommand({ ping: 1 }).ok ? 0 : 1)'],
      startPeriodSeconds: 40,
    },
    capabilities: dropsToOwnUser,
    scratch: ['/tmp'],
    readOnly: true,
    stopGrace: 60,
  }),
  ownDatabases: 'given',
  connect: ({ name, database }) =>
    database && {
      url: expr`mongodb://${database.name}@${endpoint(name, 'mongodb')}/${database.name}`,
      secret: database.secret,
    },
  files: ({ component, stack }) => {
    const databases = databasesIn(stack, component);
    return databases.length === 0 ? [] : [initScript(initName(component.name), databases)];
  },
  secrets: ({ name }) => [
    {
      name: `${name}-root-password`,
      kind: 'password',
      description: 'Root user of MongoDB; no service has it.',
    },
  ],
});
