/** For tests: specs whose entities and services are called like everything that generated code and its tools use. */
import { collisionKey } from '../../model/names.ts';
import {
  keywords,
  namesBesideEntities,
  namesBesideServices,
  namesOfClient,
} from '../../model/reserved-names.ts';

/** `listQuery` → `list-query`. */
const kebab = (name: string): string => name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, '-$&').toLowerCase();
const legal = (names: Iterable<string>): string[] =>
  [...new Set([...names].map(kebab))].filter((name) => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)).sort();

/** Irregular, uncountable, plural already, and what others have tripped over. */
const awkward =
  `person movie status analysis news sheep series order child criterion orders people sales-person time-series
  stored api-error field-error request-options consumer event repository tx page platform service contract entity test
  index http socket path id user-group account session client`.split(/\s+/);

const fields = ['class', 'toJSON', 'vatID', 'fooXBar', 'line2Text', 'body', 'tx', 'input'];

const allNames = legal([...awkward, ...keywords, ...namesBesideEntities, ...namesOfClient]).filter(
  // These are types of fields.
  (name) => !['date', 'json', 'number', 'string', 'user', 'boolean', 'enum', 'url'].includes(name),
);

/** Names of entities that form one path, or one type, with another one of the list. */
const twice = [
  'news',
  'test-service',
  'orders',
  'people',
  'changes',
  'ids',
  'params',
  'documents',
  'consumers',
  'contracts',
  'options',
];

export const awkwardEntities = (database: 'postgres' | 'mongodb') => `
name: names
version: 1
components: { ${database}: {}, rabbitmq: {} }
events:
  route.created: { routeId: uuid, log: uuid, default: uuid, owner: uuid }
services:
  names-service:
    port: 4101
    database: ${database}
    publishes: [route.created]
    subscribes: [route.created]
    entities:
${allNames
  .filter((name) => !twice.includes(name))
  .map((name) =>
    name === 'route'
      ? `      route: { owner: user, log: uuid, default: uuid, ${fields.map((field) => `${field}: text`).join(', ')} }`
      : `      ${name}: { title: string(50), owner: user, default: route, service: { type: route, mine: true } }`,
  )
  .join('\n')}
`;

const awkwardServiceNames = legal([
  ...keywords,
  ...namesBesideServices,
  'index',
  'http',
  'socket',
  'migrate',
  'shared',
  'chunks',
  'overview',
  'describe',
])
  // A database of this name cannot be.
  .filter((name) => name !== 'public')
  // `validate` refuses two that are one word: pubsub beside pub-sub.
  .filter((name, at, all) => all.findIndex((other) => collisionKey(other) === collisionKey(name)) === at);

export const awkwardServices = `
name: names
version: 1
components: { postgres: {} }
services:
  calls-them-all:
    port: 5099
    calls: [${awkwardServiceNames.map((name) => JSON.stringify(name)).join(', ')}]
${awkwardServiceNames
  .map(
    (name, index) =>
      `  ${name}:\n    port: ${5100 + index}\n    database: postgres\n    entities: { ${name}-note: { title: string(20) } }`,
  )
  .join('\n')}
`;
