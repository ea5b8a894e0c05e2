/** View of templates/service/src/entity/repository.ts.hbs. */
import { entityNames } from '../../../model/names.ts';
import type { EntityModel } from '../entity.ts';
import { literal } from '../schema/chain.ts';
import { isSortable } from '../schema/field-schema.ts';
import { fit, importLine } from '../source.ts';
import { storeKind } from './service.ts';

export function repositoryView(model: EntityModel): object {
  const { pascal, sortKeys, many, entity, service } = model;
  const sql = storeKind(service) === 'sql';
  const factory = sql ? 'sqlRepository' : 'documentRepository';
  const tx = sql ? 'Tx' : 'DocumentTx';
  // A list of JSON values is stored as one JSON value.
  const lists = entity.fields
    .filter(({ list, type }) => list && type.kind !== 'json')
    .map(({ name }) => name);
  const options = [
    sql ? `table: ${literal(entity.names.table)}` : `collection: ${literal(entity.names.table)}`,
    `sortable: ${sortKeys}`,
    `filterable: ${pascal}Filters`,
    ...(lists.length > 0 ? [fit(4, 'lists: [', lists.map(literal), ']')] : []),
    ...(sql
      ? [...jsonOption(model), ...textsOption(model)]
      : [...uniqueOption(model), ...renamedOption(model)]),
  ];
  return {
    imports: [
      importLine(['type Platform', 'type Repository', `type ${tx}`, factory], '@hometrip/runtime'),
      importLine([`type ${pascal}`, `${pascal}Filters`, sortKeys], './schema.ts'),
    ].join('\n'),
    pascal,
    many,
    tx,
    store: sql ? 'db' : 'documents',
    storeKind: sql ? 'sql' : 'documents',
    call: fit(2, `${factory}<${pascal}>(${sql ? 'db' : 'documents'}, {`, options, '})', ';'),
  };
}

/** Tables have migrations for it. */
function renamedOption({ entity }: EntityModel): string[] {
  const collection = entity.renamedFrom === undefined ? undefined : entityNames(entity.renamedFrom).table;
  const fields = entity.fields.flatMap(({ name, renamedFrom }) =>
    renamedFrom === undefined ? [] : [`${literal(name)}: ${literal(renamedFrom)}`],
  );
  const options = [
    ...(collection === undefined ? [] : [`collection: ${literal(collection)}`]),
    ...(fields.length === 0 ? [] : [fit(6, 'fields: {', fields, '}')]),
  ];
  return options.length === 0 ? [] : [fit(4, 'renamedFrom: {', options, '}')];
}

/** Columns of type jsonb. */
function jsonOption({ entity }: EntityModel): string[] {
  const names = entity.fields.filter(({ type }) => type.kind === 'json').map(({ name }) => name);
  return names.length === 0 ? [] : [`json: ${literal(names)}`];
}

/** What is sorted by code points. */
function textsOption({ entity }: EntityModel): string[] {
  const names = entity.fields
    .filter((field) => isSortable(field) && field.type.kind === 'string')
    .map(({ name }) => name);
  return names.length === 0 ? [] : [fit(4, 'texts: [', names.map(literal), ']')];
}

function uniqueOption({ entity }: EntityModel): string[] {
  const groups = [
    ...entity.fields.filter(({ unique }) => unique).map(({ name }) => [name]),
    ...entity.unique,
  ];
  return groups.length === 0 ? [] : [`unique: ${literal(groups)}`];
}
