import { beforeEach, expect, it } from 'vitest';
import { reachable } from './failures.ts';
import { GroupCommit } from './group-commit.ts';

let commits: { items: readonly string[]; end: (error?: Error) => void }[];
let group: GroupCommit<string, string>;
const next = async () => {
  await expect.poll(() => commits.length, { interval: 1 }).toBeGreaterThan(0);
  return commits.shift() as (typeof commits)[number];
};

beforeEach(() => {
  commits = [];
  const write = (items: readonly string[]) =>
    new Promise<string[]>((resolve, reject) => {
      const end = (error?: Error) =>
        error === undefined ? resolve(items.map((item) => `${item} is in`)) : reject(error);
      commits.push({ items, end });
    });
  group = new GroupCommit(write, { weigh: (item) => item.length, most: 6 });
});

it('commits at once when nothing is under way, and together what comes meanwhile', async () => {
  const added = ['a', 'b', 'c'].map((item) => group.add(item));
  const first = await next();
  expect(first.items).toEqual(['a']);
  first.end();
  const second = await next();
  expect(second.items).toEqual(['b', 'c']);
  second.end();
  expect(await Promise.all(added)).toEqual(['a is in', 'b is in', 'c is in']);
});

it('takes no more into a commit than it may weigh, but one of any weight', async () => {
  for (const item of ['a', 'bbb', 'ccc', 'd', 'much too heavy', 'e']) void group.add(item);
  const seen: (readonly string[])[] = [];
  while (seen.flat().length < 6) {
    const commit = await next();
    seen.push(commit.items);
    commit.end();
  }
  expect(seen).toEqual([['a'], ['bbb', 'ccc'], ['d'], ['much too heavy'], ['e']]);
});

it.each([
  [
    'no text for PostgreSQL',
    Object.assign(new Error('unsupported Unicode escape sequence'), { code: '22P05' }),
  ],
  ['no JSON', new TypeError('Do not know how to serialize a BigInt')],
])('lets nobody fail for what another one has added: %s', async (_, refusal) => {
  const results = Promise.allSettled(['a', 'b', 'bad', 'c'].map((item) => group.add(item)));
  (await next()).end();
  (await next()).end(refusal);
  for (const error of [undefined, refusal, undefined]) (await next()).end(error);
  expect((await results).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
});

it.each([
  ['the server is away', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })],
  ['the server is away, in the words of the pool', reachable(new Error('Connection terminated')) as Error],
  ['it stops', Object.assign(new Error('shutting down'), { code: '57P01' })],
  ['there was no answer, so that it may be in', new Error('Query read timeout')],
])('asks nobody once more when %s', async (_, error) => {
  const results = Promise.allSettled(['a', 'b', 'c'].map((item) => group.add(item)));
  (await next()).end();
  (await next()).end(error);
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(commits).toEqual([]);
});
