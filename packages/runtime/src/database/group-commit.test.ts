import { beforeEach, expect, it } from 'vitest';
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

it('lets nobody fail for what another one has added', async () => {
  const results = Promise.allSettled(['a', 'b', 'bad', 'c'].map((item) => group.add(item)));
  (await next()).end();
  (await next()).end(new Error('not what I take'));
  for (const error of [undefined, new Error('not what I take'), undefined]) (await next()).end(error);
  expect((await results).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
});

it('tells all of them that the server is away, without asking once for each', async () => {
  const results = Promise.allSettled(['a', 'b', 'c'].map((item) => group.add(item)));
  (await next()).end();
  (await next()).end(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(commits).toEqual([]);
});
