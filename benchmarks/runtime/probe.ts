/** No figure without proof: a contestant that does not do what its row claims ends the run. */
import assert from 'node:assert/strict';
import { rows } from './data.mjs';
import { PATH, type Running, tokens, TRACEPARENT } from './launch.ts';

const items = rows.map(({ internalNote: _, ...declared }) => declared);

export async function probe({ url, contestant }: Running): Promise<void> {
  const ask = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers });
  const host = { authorization: `Bearer ${tokens.host}`, traceparent: TRACEPARENT };
  const answer = await ask(PATH, host);
  assert.equal(answer.status, 200, `${contestant.name} answers`);
  const body = (await answer.json()) as object;
  if (contestant.without?.includes('response projection') !== true)
    assert.deepEqual(body, { items, nextCursor: null }, `${contestant.name} sends what is declared, no more`);
  if (contestant.kind !== 'full') return;

  const refusals: readonly (readonly [string, Response, number])[] = [
    ['without a token', await ask(PATH), 401],
    ['with a forged token', await ask(PATH, { authorization: `Bearer ${forged(tokens.host)}` }), 401],
    ['without the role', await ask(PATH, { authorization: `Bearer ${tokens.guest}` }), 403],
    ['with a number out of range', await ask('/api/v1/wishlists?limit=0', host), 422],
    ['with an unknown parameter', await ask('/api/v1/wishlists?limits=3', host), 422],
  ];
  for (const [what, { status, headers }, expected] of refusals) {
    // Some frameworks say 400 for what others call 422.
    const same = status === expected || (expected === 422 && status === 400);
    assert.ok(same, `${contestant.name} refuses a request ${what}: ${status}, not ${expected}`);
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/, contestant.name);
  }
  for (const name of ['x-request-id', 'x-content-type-options', 'content-security-policy'])
    assert.ok(answer.headers.get(name), `${contestant.name} sends ${name}`);
}

/** The same claims with another signature. */
function forged(token: string): string {
  const [header, claims, signature = ''] = token.split('.');
  return [header, claims, [...signature].reverse().join('')].join('.');
}
