import type { TestClient } from './client.ts';

/**
 * Creates a record, or finds the one that is there where unique values allow only a few.
 * @param how `same`: the values that are unique together. `seenBy`: a client that may list all records.
 */
export async function createOrFind(
  client: TestClient,
  how: {
    readonly path: string;
    readonly body: Readonly<Record<string, unknown>>;
    readonly same: Readonly<Record<string, unknown>>;
    readonly seenBy: TestClient;
  },
): Promise<any> {
  const reply = await client.post(how.path, how.body);
  if (reply.status !== 409) return reply.body;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(how.same)) query.set(name, String(value));
  return ((await how.seenBy.expecting(200).get(`${how.path}?${query}`)) as { body: any }).body.items[0];
}
