import { postgresAddress, postgresDatabase, postgresSchemes } from '@hometrip/runtime/addresses';
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
  version: versionParam('17').describe('Major version of PostgreSQL.'),
  port: portNumber(5432, 'Port on the loopback interface.'),
});
type Params = z.infer<typeof params>;

/** One server, a database and a role of its own for each service that stores its data here. */
export const postgres: ComponentKind<Params> = {
  kind: 'postgres',
  description: 'PostgreSQL: the relational store',
  replicable: false,
  capabilities: ['database'],
  schemes: postgresSchemes,
  readAddress: (url, of) => void (of === 'server' ? postgresAddress(url) : postgresDatabase(url)),
  params,
  ports: ({ port }) => ({ sql: port }),
  workload: ({ name, params: { version, port }, limits, databases }) =>
    componentWorkload({
      name,
      image: `postgres:${version}-alpine`,
      command: ['postgres', '-c', 'max_connections=300', '-c', 'shared_preload_libraries=pg_stat_statements'],
      // The address families' own paths stay default: pg_isready below uses the socket.
      environment: {
        POSTGRES_USER: 'postgres',
        POSTGRES_INITDB_ARGS: '--auth-host=scram-sha-256 --data-checksums',
      },
      secrets: [
        { secret: `${name}-superuser-password`, env: 'POSTGRES_PASSWORD_FILE' },
        ...databases.map(databasePassword),
      ],
      ports: [tcp('sql', 5432, port)],
      volumes: [{ name: `${name}-data`, path: '/var/lib/postgresql/data' }],
      files: [{ source: 'scripts/init-postgres.sh', path: '/docker-entrypoint-initdb.d/10-databases.sh' }],
      health: {
        kind: 'exec',
        command: ['pg_isready', '--username', 'postgres', '--host', '127.0.0.1'],
        startPeriodSeconds: 30,
      },
      limits,
      capabilities: dropsToOwnUser,
      scratch: ['/var/run/postgresql', '/tmp'],
      readOnly: true,
      stopGrace: 60,
    }),
  bindings: (input) =>
    ownDatabase(input, {
      capability: 'database',
      env: 'DATABASE_URL',
      scheme: 'postgres',
      port: 'sql',
      role: 'own',
    }),
  ownDatabases: true,
  metrics: () => [],
  console: () => undefined,
  secrets: ({ name }) => [
    {
      name: `${name}-superuser-password`,
      kind: 'password',
      description: 'Superuser of PostgreSQL; no service has it.',
    },
  ],
  monitoring: () => ({
    alerts: [
      {
        alert: 'DatabasePoolSaturated',
        expr: 'sum by (service) (database_pool_connections{state="waiting"}) > 5',
        for: '5m',
        severity: 'ticket',
        summary: '{{ $labels.service }} waits for database connections',
        runbook: 'Look for long queries in pg_stat_activity; then raise the pool or the number of replicas.',
      },
    ],
    panels: [
      {
        title: 'Pool connections',
        expr: 'sum by (service, state) (database_pool_connections)',
        unit: 'short',
        legend: '{{service}} {{state}}',
      },
    ],
  }),
};
