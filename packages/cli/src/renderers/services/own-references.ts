/** References that must be the caller's own (`mine` in services.yaml), as routes check and documents tell it. */
import type { Entity, Field, Service } from '../../model/stack.ts';
import type { EntityModel } from './entity.ts';
import { inWords, withArticle } from './source.ts';

export interface OwnReference {
  readonly field: Field;
  readonly target: Entity;
}

/** Of what clients send; the targets are entities of the same service. */
export function ownReferences(input: readonly Field[], service: Service): readonly OwnReference[] {
  return input.flatMap((field) => {
    const { type, mine } = field;
    if (type.kind !== 'reference' || mine.length === 0) return [];
    const target = service.entities.find(({ name }) => name === type.entity);
    return target === undefined ? [] : [{ field, target }];
  });
}

/** Those that a route checks: admins and services, to whom other routes are open alone, may refer to any record. */
export function checkedReferences(
  { entity: { access }, ownReferences }: Pick<EntityModel, 'entity' | 'ownReferences'>,
  right: 'create' | 'update',
): readonly OwnReference[] {
  return access[right] === 'admin' || access[right] === 'service' ? [] : ownReferences;
}

/** Entities whose repositories the routes need beside their own, each once, by name. */
export function foreignTargets(model: EntityModel): readonly Entity[] {
  const checked = [...checkedReferences(model, 'create'), ...checkedReferences(model, 'update')];
  const targets = new Map(checked.map(({ target }) => [target.name, target]));
  targets.delete(model.entity.name);
  return [...targets.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `listingId must refer to a listing whose owner is the caller.` */
export const ownReferenceSentence = ({ field, target }: OwnReference): string => {
  const holders = field.mine.join(' or ');
  const caller = isList(target, field.mine.at(-1)) ? 'name' : field.mine.length === 1 ? 'is' : 'names';
  return `${field.name} must refer to ${withArticle(inWords(target.name))} whose ${holders} ${caller} the caller.`;
};

const isList = ({ fields }: Entity, name: string | undefined): boolean =>
  fields.some((field) => field.name === name && field.list);
