/** Whom an event concerns: the users that its payload names. */

/** Fields of event contracts that hold the id of a user. `participants` is a list of them. */
const USER_FIELDS = ['guestId', 'hostId', 'owner', 'userId', 'participants'] as const;

export function recipientsOf(payload: unknown): readonly string[] {
  if (typeof payload !== 'object' || payload === null) return [];
  const values = USER_FIELDS.flatMap((field) => (payload as Record<string, unknown>)[field] ?? []);
  return [...new Set(values.filter((value): value is string => typeof value === 'string' && value !== ''))];
}

export const channelOf = (user: string): string => `user:${user}`;
