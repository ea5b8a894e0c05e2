import { postgresAddress, postgresDatabase, postgresSchemes } from '@hometrip/runtime/addresses';
import { script } from '../../files/planned-file.ts';
import { endpoint, expr } from '../../model/expression.ts';
import { defineComponent } from '../define.ts';
import { databasePassword, databasesIn, dropsToOwnUser, instanceOf, portNumber, tcp } from '../shared.ts';
import { backup, createDatabases, initScript, shellText } from './scripts.ts';

const initName = (name: string): string => `init-${instanceOf('postgres', name)}.sh`;

/** One server, a database and a role of its own for each service that stores its data here. */
export const postgres = defineComponent({
  kind: 'postgres',
  description: 'PostgreSQL: the relational store',
  version: { default: '17', of: 'Major version of PostgreSQL.' },
  params: { port: portNumber(5432, 'Port on the loopback interface.') },
  capabilities: ['database'],
  schemes: postgresSchemes,
  readAddress: (url, of) => void (of === 'server' ? postgresAddress(url) : postgresDatabase(url)),
  listens: ({ port }) => [tcp('sql', 5432, port)],
  data: '/var/lib/postgresql/data',
  runs: ({ name, params: { version }, databases }) => ({
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
    files:
      databases.length === 0
        ? []
        : [{ source: `scripts/${initName(name)}`, path: '/docker-entrypoint-initdb.d/10-databases.sh' }],
    health: {
      kind: 'exec',
      command: ['pg_isready', '--username', 'postgres', '--host', '127.0.0.1'],
      startPeriodSeconds: 30,
    },
    capabilities: dropsToOwnUser,
    scratch: ['/var/run/postgresql', '/tmp'],
    readOnly: true,
    stopGrace: 60,
  }),
  ownDatabases: 'made',
  connect: ({ name, database }) =>
    database && {
      url: expr`postgres://${database.name}@${endpoint(name, 'sql')}/${database.name}`,
      secret: database.secret,
    },
  files: ({ component, stack }) => {
    const { name, external } = component;
    const here = databasesIn(stack, component);
    const elsewhere = databasesIn(stack, component, 'server');
    const suffix = name === 'postgres' ? '' : `-${name}`;
    return [
      ...(here.length === 0
        ? []
        : [script(initName(name), initScript(here)), script(`backup${suffix}.sh`, backup(name, here))]),
      ...(external === undefined || elsewhere.length === 0
        ? []
        : [script(`create-databases${suffix}.sh`, createDatabases(elsewhere, shellText(external)))]),
    ];
  },
  secrets: ({ name }) => [
    {
      name: `${name}-superuser-password`,
      kind: 'password',
      description: 'Superuser of PostgreSQL; no service has it.',
    },
  ],
  embedded: 'server',
  monitoring: {
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
  },
});
