import { columnOf } from '@hometrip/runtime/names';
import {
  collisionKey,
  entityNames,
  entityVariables,
  pascalCase,
  pluralOf,
  shortName,
  typesOf,
} from '../../model/names.ts';
import { databaseName } from '../../model/resolve-bindings.ts';
import { ownProcesses } from '../../model/own-processes.ts';
import { typeNames } from '../values/field.ts';
import { at, type Path } from '../located.ts';
import { accessWords } from '../schema.ts';
import { eachEntity, type Rule, storesTables } from './context.ts';

interface Named {
  readonly name: string;
  readonly path: Path;
}

export const collidingNames: Rule = ({ spec, members, blame, reportKey }) => {
  const names: (Named & { key: string })[] = [
    ...Object.keys(spec.components).map((name) => ({ name, key: name, path: ['components', name] })),
    ...members.map(({ name, path }) => ({ name, key: collisionKey(name), path })),
  ];
  // A component and a service collide when their names are equal; services among each other already when nearly.
  const groups = [
    ...Map.groupBy(names, ({ key }) => key).values(),
    ...Map.groupBy(names, ({ name }) => name).values(),
  ];
  const reported = new Set<string>();
  for (const group of groups) {
    const colliding = group.filter(
      ({ path, name }) =>
        path[0] !== 'components' || group.some((other) => other.name === name && other.path !== path),
    );
    const [first, ...rest] = colliding;
    if (first === undefined || rest.length === 0) continue;
    const worst = blame([first, ...rest]);
    const other = colliding.find((candidate) => candidate !== worst);
    if (reported.has(worst.path.join('/'))) continue;
    reported.add(worst.path.join('/'));
    const message =
      other?.name === worst.name
        ? `the name ${worst.name} is taken by ${String(other.path[0])}`
        : `${worst.name} and ${other?.name ?? ''} are too much alike`;
    reportKey('HT0303', worst.path, message, 'rename one of them');
  }
};

export const collidingEntities: Rule = ({ members, blame, reportKey }) => {
  const entities = members.flatMap(({ name: service, entities, path }) =>
    [...entities.keys()].map((name) => ({ name, service, path: [...path, 'entities', name] })),
  );
  for (const [first, ...rest] of Map.groupBy(entities, ({ name }) => collisionKey(name)).values()) {
    if (first === undefined || rest.length === 0) continue;
    const worst = blame([first, ...rest]);
    const other = worst === first ? rest[0] : first;
    if (other)
      reportKey(
        'HT0304',
        worst.path,
        `${worst.service} declares ${worst.name}, and ${other.service} declares ${other.name}`,
        `for example ${worst.service.replace(/-service$/, '')}-${worst.name}`,
      );
  }
};

/** What every record has, and the parameters of every list. */
const reservedFields: ReadonlyMap<string, string> = new Map([
  ['id', 'every entity has an id'],
  ['revision', 'every entity has a revision'],
  ['createdAt', 'every entity has it'],
  ['updatedAt', 'every entity has it'],
  ['limit', 'it is a parameter of every list'],
  ['cursor', 'it is a parameter of every list'],
  ['sort', 'it is a parameter of every list'],
  ['then', 'JavaScript takes what has it for a promise'],
]);

export const reservedFieldNames: Rule = (context) => {
  eachEntity(context, ({ entity, fields, path }) => {
    for (const field of Object.keys(fields)) {
      const reason = reservedFields.get(field);
      if (reason !== undefined)
        context.reportKey('HT0306', [...path, field], `${entity} must not have a field ${field}`, reason);
    }
  });
};

/** What PostgreSQL adds to each table (its documentation, 5.6: system columns). */
const systemColumns: ReadonlySet<string> = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

export const reservedColumns: Rule = (context) => {
  for (const member of context.members) {
    if (!storesTables(context, member)) continue;
    for (const [entity, { fields }] of member.entities)
      for (const field of Object.keys(fields))
        if (systemColumns.has(columnOf(field)))
          context.reportKey(
            'HT0306',
            [...member.path, 'entities', entity, field],
            `${entity} must not have a field ${field}`,
            'every table of PostgreSQL has a column of this name',
          );
  }
};

/** Tables and indexes that the runtime keeps in each database, and the names that PostgreSQL gives to primary keys. */
const runtimeTable =
  /^(idempotency|inbox|inbox_handled_at|outbox|outbox_dead|outbox_seq_seq|schema_migrations)$|_pkey$/;

export const reservedEntityNames: Rule = (context) => {
  eachEntity(context, ({ entity, path }) => {
    const reason = typeNames.includes(entity)
      ? 'a field type has this name'
      : runtimeTable.test(entityNames(entity).table)
        ? 'the runtime keeps something of this name beside the entities'
        : undefined;
    if (reason !== undefined)
      context.reportKey('HT0306', path, `an entity must not be named ${entity}`, reason);
  });
};

export const entitiesBesideBlueprints: Rule = ({ members, blueprints, reportKey }) => {
  for (const { path, blueprint, entities } of members) {
    if (blueprint?.service === undefined || entities.size === 0) continue;
    const brought = blueprints.brings(blueprint);
    for (const entity of entities.keys()) {
      const { table, pascal } = entityNames(entity);
      const kind = [table, entity, ...typesOf(pascal)].map((name) => brought.get(name)).find(Boolean);
      if (kind !== undefined)
        reportKey(
          'HT0306',
          [...path, 'entities', entity],
          `an entity must not be named ${entity} here`,
          `the blueprint ${blueprint.id} has ${kind} of this name: for example ${shortName(blueprint.id)}-${entity}`,
        );
    }
  }
};

/** Two entities of a service one of which is called like what is made of the other: order, and create-order. */
export const collidingIdentifiers: Rule = ({ members, blame, reportKey }) => {
  for (const { name: service, path, entities } of members) {
    const made = [...entities.keys()].flatMap((entity) => {
      const names = entityNames(entity);
      return [
        ...typesOf(names.pascal),
        `List${pascalCase(names.path)}Query`,
        ...Object.values(entityVariables(names)),
      ].map((identifier) => ({
        entity,
        identifier,
        path: [...path, 'entities', entity],
      }));
    });
    const reported = new Set<string>();
    for (const [identifier, [first, ...rest]] of Map.groupBy(made, (place) => place.identifier)) {
      if (first === undefined || rest.every(({ entity }) => entity === first.entity)) continue;
      const worst = blame([first, ...rest]);
      const other = [first, ...rest].find(({ entity }) => entity !== worst.entity);
      // Nearly equal names have a finding of their own, and equal paths.
      if (
        other === undefined ||
        collisionKey(other.entity) === collisionKey(worst.entity) ||
        pluralOf(other.entity) === pluralOf(worst.entity)
      )
        continue;
      if (reported.has(worst.entity)) continue;
      reported.add(worst.entity);
      reportKey(
        'HT0327',
        worst.path,
        `${service}: ${worst.entity} and ${other.entity} would both be ${identifier} in generated code`,
        'rename one of them',
      );
    }
  }
};

/** Words of `$access` that mean somebody else than those with a role. */
const reservedRoles: readonly string[] = accessWords.filter((word) => word !== 'admin');

export const reservedRoleNames: Rule = ({ spec, root, reportKey, report }) => {
  const isMap = at(root, ['roles'])?.kind === 'map';
  const seen = new Set<string>();
  for (const [index, { name }] of spec.roles.entries()) {
    const path = ['roles', isMap ? name : index];
    if (reservedRoles.includes(name))
      reportKey('HT0306', path, `a role must not be named ${name}`, 'it means something else in $access');
    if (seen.has(name)) report('HT0212', path, `roles lists ${name} twice`, 'remove one');
    seen.add(name);
  }
};

/** Names of hosts that mean something else where a proxy or a program reads an address: `server unix:4001`. */
const hostsElsewhere: ReadonlySet<string> = new Set(['localhost', 'unix']);

export const reservedServiceNames: Rule = ({ members, reportKey }) => {
  for (const { name, kind, path } of members) {
    const reason = ownProcesses.includes(name)
      ? 'hometrip runs a process of this name beside the services'
      : hostsElsewhere.has(name)
        ? 'in an address this name means something else'
        : undefined;
    if (reason !== undefined)
      reportKey(
        'HT0306',
        path,
        `a ${kind} must not be named ${name}`,
        `${reason}: for example ${name}-service`,
      );
  }
};

/** Databases and roles that the servers have or keep for themselves, and those that stand in for components. */
const reservedDatabase = /^(pg_.*|postgres|template[01]|public|none|admin|local|config|hometrip_.*)$/;

export const reservedDatabaseNames: Rule = ({ members, reportKey }) => {
  for (const { name, path, database } of members) {
    if (database !== undefined && reservedDatabase.test(databaseName(name)))
      reportKey(
        'HT0306',
        path,
        `the database of ${name} would be named ${databaseName(name)}`,
        `${database} uses this name itself`,
      );
  }
};
