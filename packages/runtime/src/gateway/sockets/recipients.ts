/** Whom an event concerns: the users that its payload names, and the topics on which they are told. */
import type { Keep } from '../../pubsub/index.ts';

/** Fields of event contracts that hold the id of a user. `participants` is a list of them. */
const USER_FIELDS = ['owner', 'userId', 'participants'] as const;

export function recipientsOf(payload: unknown): readonly string[] {
  if (typeof payload !== 'object' || payload === null) return [];
  const values = USER_FIELDS.flatMap((field) => (payload as Record<string, unknown>)[field] ?? []);
  return [...new Set(values.filter((value): value is string => typeof value === 'string' && value !== ''))];
}

export const channelOf = (user: string): string => `user:${user}`;
/** @param room `conversation:0198c0de-…` */
export const topicOf = (room: string): string => `room:${room}`;

/** For clients that come back: of each user and each room. */
export const KEEP: Keep = { count: 1_000, seconds: 3_600 };
