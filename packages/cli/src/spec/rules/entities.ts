import { entityNames } from '../../model/names.ts';
import { at, type Path } from '../located.ts';
import { ownerFieldOf } from '../owner.ts';
import { accessWords } from '../schema.ts';
import { type FieldSpec, typeNames } from '../values/field.ts';
import { eachEntity, type Rule } from './context.ts';

export const unknownFieldTypes: Rule = (context) => {
  const { spec, root, report, suggest } = context;
  const entities = new Set(Object.values(spec.services).flatMap((service) => Object.keys(service.entities)));
  const choices = [...typeNames, ...entities];
  const check = (owner: string, fields: Readonly<Record<string, FieldSpec>>, path: Path): void => {
    for (const [name, { type }] of Object.entries(fields)) {
      if (type.kind !== 'reference' || entities.has(type.entity)) continue;
      const place = [...path, name];
      report(
        'HT0210',
        at(root, place)?.kind === 'map' ? [...place, 'type'] : place,
        `${owner}: ${name} has the type "${type.entity}", which is neither a type nor an entity`,
        suggest(type.entity, choices),
      );
    }
  };
  eachEntity(context, ({ entity, fields, path }) => check(entity, fields, path));
  for (const [event, fields] of Object.entries(spec.events)) check(event, fields, ['events', event]);
};

export const pathTakenTwice: Rule = ({ members, blame, reportKey }) => {
  const taken = members.flatMap(({ name: service, blueprint, entities, path }) => [
    ...(blueprint?.paths ?? []).map((edge) => ({
      edge,
      service,
      entity: undefined,
      path,
    })),
    ...[...entities.keys()].map((entity) => ({
      edge: entityNames(entity).path,
      service,
      entity,
      path: [...path, 'entities', entity],
    })),
  ]);
  for (const [edge, [first, ...rest]] of Map.groupBy(taken, (place) => place.edge)) {
    if (first === undefined || rest.length === 0) continue;
    // Two entities of one name have a finding of their own.
    if (first.entity !== undefined && rest.every(({ entity }) => entity === first.entity)) continue;
    const worst = blame([first, ...rest]);
    const other = worst === first ? rest[0] : first;
    reportKey(
      'HT0305',
      worst.path,
      worst.service === other?.service
        ? `${worst.entity ?? worst.service} and ${other.entity ?? other.service} are both at /api/v1/${edge}`
        : `${worst.service} and ${other?.service ?? ''} both answer /api/v1/${edge}`,
      worst.entity === undefined && other?.entity === undefined
        ? 'only one of them can be there'
        : 'rename the entity',
    );
  }
};

export const unknownRoles: Rule = (context) => {
  const roles = context.spec.roles.map(({ name }) => name);
  const choices = [...new Set([...accessWords, ...roles])];
  eachEntity(context, ({ entity, spec, path }) => {
    for (const [action, who] of Object.entries(spec.$access ?? {})) {
      if (who === undefined || choices.includes(who)) continue;
      context.report(
        'HT0382',
        [...path, '$access', action],
        `who may ${action} a ${entity} is "${who}", which is not a role of this system`,
        context.suggest(who, choices),
      );
    }
  });
};

export const ownerMissing: Rule = (context) => {
  eachEntity(context, ({ entity, spec, fields, path }) => {
    if (ownerFieldOf(fields) !== undefined) return;
    for (const [action, who] of Object.entries(spec.$access ?? {})) {
      if (who === 'owner')
        context.report(
          'HT0313',
          [...path, '$access', action],
          `only the owner of a ${entity} may ${action} it, and it has none`,
          'add a field owner: user',
        );
    }
  });
};

/** Who is not signed in would have to name the owner, and could name anybody. */
export const ownerFromAnybody: Rule = (context) => {
  eachEntity(context, ({ entity, spec, fields, path }) => {
    if (spec.$access?.create !== 'public' || ownerFieldOf(fields) === undefined) return;
    context.report(
      'HT0323',
      [...path, '$access', 'create'],
      `everyone may create a ${entity}, signed in or not, so its owner could be made up`,
      'write create: user, or take the owner away',
    );
  });
};

/** Fields of an index, on PostgreSQL and on MongoDB. */
const longestGroup = 32;

export const uniqueFields: Rule = (context) => {
  eachEntity(context, ({ entity, spec, fields, path }) => {
    const refuse = (place: Path, name: string, what: string) =>
      context.report(
        'HT0361',
        place,
        `${entity}: ${name} is ${what}, which cannot be unique`,
        'take it out of unique, or make an entity of what must not come twice',
      );
    for (const [name, field] of Object.entries(fields)) {
      const what = field.unique ? incomparable(field) : undefined;
      if (what !== undefined) refuse([...path, name, 'unique'], name, what);
    }
    spec.$unique?.forEach((names, list) => {
      if (names.length > longestGroup)
        context.report(
          'HT0362',
          [...path, '$unique', list],
          `${entity}: ${names.length} fields are unique together`,
          `name at most ${longestGroup}`,
        );
      names.forEach((name, index) => {
        const place = [...path, '$unique', list, index];
        const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (field === undefined)
          context.report(
            'HT0314',
            place,
            `${entity} has no field ${name}`,
            context.suggest(name, Object.keys(fields)),
          );
        else {
          const what = incomparable(field);
          if (what !== undefined) refuse(place, name, what);
        }
      });
    });
  });
};

const incomparable = ({ list, type }: FieldSpec): string | undefined =>
  list ? 'a list' : type.kind === 'json' ? 'JSON' : undefined;
