import { describe, expect, it } from 'vitest';
import { emptyTree, type TestTree } from './test-kit.ts';

const V1 = 'one\ntwo\nthree\n';
const V2 = 'one\nTWO\nthree\n';
const V3 = 'one\nTWO\nthree\nfour\n';
const MINE = 'one\nmine\nthree\n';
const BESIDE = 'a.hometrip-conflict';

/** A file `a` with a conflict in line 2: the user has `mine`, the rendering `TWO`. */
async function conflicted(): Promise<TestTree> {
  const tree = emptyTree();
  await tree.generate({ a: V1 });
  tree.write('a', MINE);
  await tree.generate({ a: V2 });
  expect(Object.keys(tree.contents())).toEqual(['a', BESIDE]);
  return tree;
}

async function settles(tree: TestTree, expected: Record<string, string>): Promise<void> {
  expect(tree.contents()).toEqual(expected);
  const [line] = await tree.generate({ a: V2 });
  expect(line).toMatch(/^(keep|unchanged)/);
  expect(tree.contents()).toEqual(expected);
}

describe('a conflict', () => {
  it('stays, without a change on disk, until the user acts', async () => {
    const tree = await conflicted();
    const before = tree.contents({ records: true });
    expect(await tree.generate({ a: V2 })).toEqual([
      `conflict a because your edits and the rendering disagree: see ${BESIDE} [a:2]`,
    ]);
    expect(tree.contents({ records: true })).toEqual(before);
  });

  it('is settled by deleting the conflict file: the version of the user stands, and later changes merge', async () => {
    const tree = await conflicted();
    tree.delete(BESIDE);
    expect(await tree.generate({ a: V2 })).toEqual([
      'keep a because the conflict is settled: your version stands',
    ]);
    await settles(tree, { a: MINE });
    await tree.generate({ a: V3 });
    expect(tree.contents()).toEqual({ a: 'one\nmine\nthree\nfour\n' });
  });

  it('is settled by editing the file and deleting the conflict file', async () => {
    const tree = await conflicted();
    tree.write('a', 'one\nTWO mine\nthree\n');
    tree.delete(BESIDE);
    await tree.generate({ a: V2 });
    await settles(tree, { a: 'one\nTWO mine\nthree\n' });
  });

  it('is settled by taking the markers out of the conflict file, which then takes the place of the file', async () => {
    const tree = await conflicted();
    tree.write(BESIDE, 'one\nTWO mine\nthree\n');
    expect(await tree.generate({ a: V2 })).toEqual([
      'resolve a because the conflict file had no marker left, so it took the place',
    ]);
    await settles(tree, { a: 'one\nTWO mine\nthree\n' });
  });

  it('merges the next rendering into a version settled in the conflict file', async () => {
    const tree = await conflicted();
    tree.write(BESIDE, 'one\nTWO mine\nthree\n');
    expect(await tree.generate({ a: V3 })).toEqual([
      'merge a because you edited it and the rendering changed; the earlier conflict is settled',
    ]);
    expect(tree.contents()).toEqual({ a: 'one\nTWO mine\nthree\nfour\n' });
  });

  it('opens anew when the next rendering disagrees with the settled version', async () => {
    const tree = await conflicted();
    tree.write(BESIDE, 'one\nTWO mine\nthree\n');
    await tree.generate({ a: 'one\nTOO\nthree\n' });
    expect(tree.read('a')).toBe('one\nTWO mine\nthree\n');
    expect(tree.read(BESIDE)).toBe(
      'one\n<<<<<<< yours\nTWO mine\n||||||| last generated\nTWO\n=======\nTOO\n>>>>>>> newly generated\nthree\n',
    );
  });

  it('is settled by moving the conflict file over the file, but not while markers are left', async () => {
    const tree = await conflicted();
    tree.write('a', tree.read(BESIDE)!);
    tree.delete(BESIDE);
    expect(await tree.generate({ a: V2 })).toEqual([
      'conflict a because conflict markers are left in it [a:2 a:8]',
    ]);
    tree.write('a', V2);
    expect((await tree.generate({ a: V2 }))[0]).toBe(
      'unchanged a because the conflict is settled: your version stands',
    );
    await settles(tree, { a: V2 });
  });

  it('settles by itself when the file merges by now, or the rendering goes back', async () => {
    const edited = await conflicted();
    edited.write('a', `zero\n${V1}`);
    await edited.generate({ a: V2 });
    await settles(edited, { a: `zero\n${V2}` });

    const back = await conflicted();
    expect(await back.generate({ a: V1 })).toEqual(['keep a because you edited it']);
    expect(back.contents()).toEqual({ a: MINE });
  });

  it('is settled by taking ours: delete the file and restore it', async () => {
    const tree = await conflicted();
    tree.delete('a');
    expect(await tree.generate({ a: V2 }, { restore: ['a'] })).toEqual([
      'restore a because you asked for it back',
    ]);
    await settles(tree, { a: V2 });
  });

  it('leaves a half-edited conflict file alone, and shows where its markers are', async () => {
    const tree = await conflicted();
    const half = tree.read(BESIDE)!.replace('one\n', 'one and a half\n');
    tree.write(BESIDE, half);
    expect(await tree.generate({ a: V3 })).toEqual([
      `conflict a because ${BESIDE} still has conflict markers [${BESIDE}:2 ${BESIDE}:8]`,
    ]);
    expect(tree.contents()).toEqual({ a: MINE, [BESIDE]: half });
  });

  it('asks when both the file and the conflict file were edited', async () => {
    const tree = await conflicted();
    tree.write('a', 'one\nmine\nthree\nmore\n');
    tree.write(BESIDE, 'one\nTWO mine\nthree\n');
    const before = tree.contents();
    expect(await tree.generate({ a: V2 })).toEqual([
      `conflict a because both it and ${BESIDE} were edited: bring your edits together in a and delete the other [a:1]`,
    ]);
    expect(tree.contents()).toEqual(before);
  });

  it('follows a rendering that changes again', async () => {
    const tree = await conflicted();
    await tree.generate({ a: 'one\nTOO\nthree\n' });
    expect(tree.read(BESIDE)).toContain('TOO');
    expect(tree.read(BESIDE)).toContain('||||||| last generated\ntwo\n');
  });

  it('ends when the user deletes the file, and an edited conflict file outlives it', async () => {
    const tree = await conflicted();
    tree.delete('a');
    await tree.generate({ a: V2 });
    expect(tree.contents()).toEqual({});

    const edited = await conflicted();
    edited.delete('a');
    edited.write(BESIDE, 'mine\n');
    await edited.generate({ a: V2 });
    expect(edited.contents()).toEqual({ [BESIDE]: 'mine\n' });
  });

  it('never overwrites a file of the user that has the name of a conflict file', async () => {
    const tree = emptyTree();
    await tree.generate({ a: V1 });
    tree.write('a', MINE);
    tree.write(BESIDE, 'own');
    expect(await tree.generate({ a: V2 })).toEqual([
      `conflict a because your edits and the rendering disagree, and ${BESIDE} is in the way: move it away [a:2]`,
    ]);
    expect(tree.contents()).toEqual({ a: MINE, [BESIDE]: 'own' });
  });

  it('is what an edited file becomes when its pristine text was lost', async () => {
    const tree = emptyTree();
    await tree.generate({ a: V1 });
    tree.write('a', `zero\n${V1}`);
    tree.delete('.hometrip/base');
    expect((await tree.generate({ a: V2 }))[0]).toMatch(/^conflict a/);
    expect(tree.read('a')).toBe(`zero\n${V1}`);
  });
});

it('a lost pristine text of an untouched file is stored again', async () => {
  const tree = emptyTree();
  await tree.generate({ a: V1 });
  const before = tree.contents({ records: true });
  tree.delete('.hometrip/base');
  await tree.generate({ a: V1 });
  expect(tree.contents({ records: true })).toEqual(before);
});
