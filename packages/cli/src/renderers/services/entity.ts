/** What the templates of one entity have in common. */
import type { Access, Entity, Field, Service } from '../../model/stack.ts';
import { entityVariables } from '../../model/names.ts';
import { type OwnReference, ownReferences } from './own-references.ts';
import { isFilterable, isSortable } from './schema/field-schema.ts';
import { inWords } from './source.ts';

export interface EntityModel {
  readonly entity: Entity;
  readonly service: Service;
  /** `listing`, `listings`: names of variables. */
  readonly one: string;
  readonly many: string;
  /** `listingRoutes`, `listingSortKeys` */
  readonly routes: string;
  readonly sortKeys: string;
  readonly pascal: string;
  /** `blocked date`, `blocked dates` */
  readonly noun: string;
  readonly nouns: string;
  readonly owner: Field | undefined;
  /** What clients may set, when they create and when they change it. */
  readonly input: readonly Field[];
  /** Who creates it on behalf of others names the owner in the body. */
  readonly ownerInBody: boolean;
  readonly readOnly: readonly Field[];
  /** Of `input`: what must refer to a record of the caller's own. */
  readonly ownReferences: readonly OwnReference[];
  readonly filters: readonly Field[];
  /** Names of fields, `createdAt` first. */
  readonly sortable: readonly string[];
  /** Everybody who is signed in may see any of them, so that refusing a change tells no secret. */
  readonly readable: boolean;
}

export function entityModel(entity: Entity, service: Service): EntityModel {
  const { fields, names, access } = entity;
  const input = fields.filter((field) => field.name !== entity.ownerField && !field.readOnly);
  const owner = fields.find(({ name }) => name === entity.ownerField);
  return {
    entity,
    service,
    ...entityVariables(names),
    pascal: names.pascal,
    noun: inWords(entity.name),
    nouns: inWords(names.path),
    owner,
    input,
    ownerInBody: owner !== undefined && (access.create === 'service' || access.create === 'admin'),
    readOnly: fields.filter((field) => field !== owner && field.readOnly),
    ownReferences: ownReferences(input, service),
    filters: fields.filter(isFilterable),
    sortable: ['createdAt', 'updatedAt', ...fields.filter(isSortable).map(({ name }) => name)],
    readable: access.read === 'public' || access.read === 'user',
  };
}

/** `listings`: the variable with the repository of an entity. */
export const repositoryName = ({ names }: Entity): string => entityVariables(names).many;

/** The route's level: what ownership decides is checked in the handler, of anybody who is signed in. */
export const authOf = (access: Access): Exclude<Access, 'owner'> => (access === 'owner' ? 'user' : access);
