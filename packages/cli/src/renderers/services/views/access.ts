/** Access rules in words, for comments and documentation. */
import type { Access } from '../../../model/stack.ts';
import type { EntityModel } from '../entity.ts';
import { ownReferenceSentence } from '../own-references.ts';
import { capitalised } from '../source.ts';

const words: Readonly<Record<string, string>> = {
  public: 'everyone',
  user: 'signed-in users',
  owner: 'the owner',
  admin: 'admins',
  service: 'other services',
};

/** `the owner`, `users with the role editor`: as a subject. */
export const whoMay = (access: Access): string =>
  words[access] ?? `users with the role ${access.replace(/^role:/, '')}`;

/** `Photos: everyone may read; signed-in users may create; the owner may change and delete.`, and which references must be one's own. */
export function accessSentence({ entity: { access }, nouns, ownReferences }: EntityModel): string {
  const groups = new Map<Access, string[]>();
  for (const [verb, right] of [
    ['read', access.read],
    ['create', access.create],
    ['change', access.update],
    ['delete', access.delete],
  ] as const) {
    groups.set(right, [...(groups.get(right) ?? []), verb]);
  }
  const parts = [...groups].map(([right, verbs]) => `${whoMay(right)} may ${enumeration(verbs)}`);
  return [`${capitalised(nouns)}: ${parts.join('; ')}.`, ...ownReferences.map(ownReferenceSentence)].join(
    ' ',
  );
}

/** `read, create and delete` */
const enumeration = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
