/** The operations of an entity: what its routes, its OpenAPI document and its client agree on. */
import { pascalCase } from '../../model/names.ts';
import { type EntityModel, authOf } from './entity.ts';
import { checkedReferences, ownReferenceSentence } from './own-references.ts';
import { capitalised, withArticle } from './source.ts';

export type OperationKind = 'list' | 'create' | 'get' | 'update' | 'delete';

export interface Operation {
  readonly kind: OperationKind;
  /** `listPeople`, `getPerson`: from the entity's own words, since a path does not tell its singular. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Below /api/v1: `/listings/:id`. */
  readonly path: string;
  readonly summary: string;
  /** What a caller has to know beside the schemas. */
  readonly description?: string | undefined;
  /** Heading in the documentation. */
  readonly tag: string;
  readonly auth: ReturnType<typeof authOf>;
  /** Statuses of problems beyond those that follow from the route itself. */
  readonly problems: readonly number[];
  /** It takes an Idempotency-Key. */
  readonly idempotencyKey?: true | undefined;
  /** The field with the id of the only user, beside admins and services, who may; undefined: whoever passes `auth`. */
  readonly mine?: string | undefined;
}

/** In the order of the routes. An entity without anything to change has no update. */
export function operationsOf(model: EntityModel): readonly Operation[] {
  const { entity, noun, nouns, input } = model;
  const { access } = entity;
  const collection = `/${entity.names.path}`;
  const item = `${collection}/:id`;
  const tag = capitalised(nouns);
  const [one, many] = [pascalCase(entity.name), pascalCase(entity.names.path)];
  const described = (right: 'create' | 'update'): Pick<Operation, 'description'> => {
    const sentences = checkedReferences(model, right).map(ownReferenceSentence);
    return sentences.length === 0 ? {} : { description: sentences.join(' ') };
  };
  const problems = hasUnique(model) ? [409] : [];
  const mine = (right: 'read' | 'update' | 'delete'): Pick<Operation, 'mine'> =>
    access[right] === 'owner' && model.owner !== undefined ? { mine: model.owner.name } : {};
  return [
    {
      kind: 'list',
      id: `list${many}`,
      method: 'get',
      path: collection,
      summary: `List ${nouns}`,
      tag,
      auth: authOf(access.read),
      problems: [],
    },
    {
      kind: 'create',
      id: `create${one}`,
      method: 'post',
      path: collection,
      summary: `Create ${withArticle(noun)}`,
      ...described('create'),
      tag,
      auth: authOf(access.create),
      problems,
      idempotencyKey: true,
    },
    {
      kind: 'get',
      id: `get${one}`,
      method: 'get',
      path: item,
      summary: `Get ${withArticle(noun)}`,
      ...mine('read'),
      tag,
      auth: authOf(access.read),
      problems: [],
    },
    ...(input.length === 0
      ? []
      : [
          {
            kind: 'update',
            id: `update${one}`,
            method: 'patch',
            path: item,
            summary: `Change ${withArticle(noun)}`,
            ...described('update'),
            ...mine('update'),
            tag,
            auth: authOf(access.update),
            problems,
          } as const,
        ]),
    {
      kind: 'delete',
      id: `delete${one}`,
      method: 'delete',
      path: item,
      summary: `Delete ${withArticle(noun)}`,
      ...mine('delete'),
      tag,
      auth: authOf(access.delete),
      problems: [],
    },
  ];
}

const hasUnique = ({ entity }: EntityModel): boolean =>
  entity.unique.length > 0 || entity.fields.some(({ unique }) => unique);
