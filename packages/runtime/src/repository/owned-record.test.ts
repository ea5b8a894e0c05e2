import { describe, expect, it } from 'vitest';
import type { User } from '../auth/user.ts';
import { checkReferences } from '../http/references.ts';
import { ownedRecord } from './owned-record.ts';

const [ada, bob, eve] = ['ada', 'bob', 'eve'].map((id): User => ({ id, roles: ['guest'] })) as [
  User,
  User,
  User,
];
const admin: User = { id: 'root', roles: ['admin'] };
const service: User = { id: 'payment-service', roles: ['service'] };

interface Conversation {
  readonly owner: string;
  readonly participants: readonly string[] | null;
  readonly rating: number;
}
const conversations = {
  get: async (id: string): Promise<Conversation | undefined> =>
    ({
      c1: { owner: 'ada', participants: ['bob'], rating: 1 },
      c2: { owner: 'ada', participants: null, rating: 1 },
    })[id],
};
const refer = (user: User, conversationId: string | null | undefined) =>
  checkReferences(
    { conversationId: ownedRecord(conversations, { by: ['owner', 'participants'] }) },
    { conversationId },
    user,
  );

describe('a reference that must be the caller’s own', () => {
  it.each([
    ['the owner', ada, 'c1'],
    ['somebody in a list', bob, 'c1'],
    ['an admin', admin, 'c1'],
    ['another service', service, 'c1'],
    ['anybody who refers to nothing', eve, null],
    ['anybody who does not change it', eve, undefined],
  ])('lets %s pass', async (_, user, id) => {
    await expect(refer(user, id)).resolves.toBeUndefined();
  });

  it.each([
    ['somebody else', eve, 'c1'],
    ['somebody else, with no list there', bob, 'c2'],
  ])('refuses %s, naming the field', async (_, user, id) => {
    await expect(refer(user, id)).rejects.toMatchObject({
      status: 403,
      code: 'foreign-reference',
      errors: [{ path: 'body.conversationId' }],
    });
  });

  it.each([
    ['the owner of others', ada],
    ['an admin', admin],
  ])('refuses what does not exist, even of %s', async (_, user) => {
    await expect(refer(user, 'c3')).rejects.toMatchObject({
      status: 422,
      code: 'unknown-reference',
      errors: [{ path: 'body.conversationId', code: 'not_found' }],
    });
  });
});
