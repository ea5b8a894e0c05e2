import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyPlan, lockTree, readTree } from './index.ts';
import type { PlannedFile } from './planned-file.ts';
import { emptyTree, plannedFiles, type TestTree, type Texts } from './test-kit.ts';
import { diskFs, type TreeFs } from './tree-fs.ts';

const LINES = 'one\ntwo\nthree\nfour\nfive\n';
const V1: Texts = {
  'a/same': 'x',
  'a/update': LINES,
  'a/merge': LINES,
  'a/clash': LINES,
  'old/gone': LINES,
  'old/deep/gone': 'x',
  back: 'x',
};
const V2: PlannedFile[] = plannedFiles({
  'a/same': 'x',
  'a/update': `${LINES}six\n`,
  'a/merge': LINES.replace('five', 'FIVE'),
  'a/clash': LINES.replace('three', 'THREE'),
  'new/deep/file': LINES,
  old: 'a file now',
  back: 'x',
});
/** Moves on in the very lines that changed before: a wrong base shows as a conflict. */
const V3: PlannedFile[] = plannedFiles({
  'a/same': 'y',
  'a/update': `${LINES}6\n`,
  'a/merge': LINES.replace('five', '5'),
  'a/clash': LINES.replace('three', '3'),
  'new/deep/file': `${LINES}more\n`,
  old: 'still a file',
  back: 'y',
});

/** A tree with every kind of user change, one `generate(V2)` before everything happens. */
async function prepared(): Promise<TestTree> {
  const tree = emptyTree();
  await tree.generate(V1);
  tree.write('a/merge', `mine\n${LINES}`);
  tree.write('a/clash', LINES.replace('three', 'mine'));
  tree.write('a/own', 'own\n');
  tree.delete('back');
  return tree;
}

function copyOf(tree: TestTree): TestTree {
  const copy = emptyTree();
  cpSync(tree.out, copy.out, { recursive: true });
  return copy;
}

class Crash extends Error {}

/** Works until operation `n`, of which it does half; then the machine is off. */
function crashingFs(root: string, n: number): TreeFs & { readonly operations: () => number } {
  const real = diskFs(root);
  let count = 0;
  const step = (): boolean => {
    count += 1;
    if (count > n) throw new Crash();
    return count === n;
  };
  return {
    operations: () => count,
    makeFolder: (path) => (step() ? fail() : real.makeFolder(path)),
    writeNew(path, content, mode, exact) {
      const last = step();
      const descriptor = real.writeNew(
        path,
        last ? content.subarray(0, content.length / 2) : content,
        mode,
        exact,
      );
      return last ? fail() : descriptor;
    },
    async syncFiles(descriptors) {
      await real.syncFiles(descriptors);
      if (step()) fail();
    },
    syncFolders: (paths) => (step() ? fail() : real.syncFolders(paths)),
    rename: (from, to) => (step() ? fail() : real.rename(from, to)),
    remove: (path) => (step() ? fail() : real.remove(path)),
    removeEmptyFolder: (path) => (step() ? fail() : real.removeEmptyFolder(path)),
  };
}

function fail(): never {
  throw new Crash();
}

describe('a run that dies', () => {
  it('at any operation leaves a tree from which the next run arrives at the same result', {
    timeout: 60_000,
  }, async () => {
    const start = await prepared();
    const straight = copyOf(start);
    await straight.generate(V2);
    const afterV2 = straight.contents({ records: true });
    await straight.generate(V3);
    const afterV3 = straight.contents({ records: true });

    let n = 1;
    for (; ; n++) {
      const same = copyOf(start);
      const fs = crashingFs(same.out, n);
      const outcome = await applyPlan(await same.plan(V2), { fs }).catch((error: unknown) => error);
      if (outcome === undefined) break;
      expect(outcome).toBeInstanceOf(Crash);
      const next = copyOf(same);

      await same.generate(V2);
      expect(same.contents({ records: true }), `killed at operation ${n}, then the same spec`).toEqual(
        afterV2,
      );

      // The next run sees another spec, and dies as well, some operations in.
      const again = crashingFs(next.out, 3 + n);
      await applyPlan(await next.plan(V3), { fs: again }).catch(() => undefined);
      await next.generate(V3);
      expect(next.read('a/own')).toBe('own\n');
      expect(next.read('a/merge')).toBe(`mine\n${LINES.replace('five', '5')}`);
      expect(next.read('a/update')).toBe(`${LINES}6\n`);
      expect(next.contents({ records: true })['a/clash'], `killed at operation ${n}, then another spec`).toBe(
        afterV3['a/clash'],
      );
      expect(next.read('old')).toBe('still a file');
      expect(next.read('back')).toBeUndefined();
    }
    expect(n).toBeGreaterThan(30);
  });

  it('by SIGKILL at any time does so too', { timeout: 60_000 }, async () => {
    const many = (text: string): PlannedFile[] =>
      Array.from({ length: 120 }, (_, index) => ({
        path: `s${index % 20}/f${index}`,
        content: `${index}\n${LINES}${text}\n`,
        origin: 'test',
      }));
    const start = emptyTree();
    await start.generate(many('v1'));
    for (let index = 0; index < 120; index += 3)
      start.write(`s${index % 20}/f${index}`, `mine\n${start.read(`s${index % 20}/f${index}`)}`);
    const straight = copyOf(start);
    await straight.generate(many('v2'));
    const expected = straight.contents({ records: true });

    const script = join(emptyTree().out, 'generate.mjs');
    writeFileSync(
      script,
      `import { applyPlan, planFiles, readTree } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
       import { readFileSync } from 'node:fs';
       const [out, file] = process.argv.slice(2);
       const rendered = JSON.parse(readFileSync(file, 'utf8'));
       const plan = await planFiles({ ...readTree(out, rendered), rendered });
       process.stdout.write('go');
       await applyPlan(plan);`,
    );
    const spec = join(emptyTree().out, 'v2.json');
    writeFileSync(spec, JSON.stringify(many('v2')));
    for (const milliseconds of [0, 5, 15, 30, 60]) {
      const tree = copyOf(start);
      const child = spawn(process.execPath, [script, tree.out, spec], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      await once(child.stdout, 'data');
      setTimeout(() => child.kill('SIGKILL'), milliseconds);
      await exit;
      await tree.generate(many('v2'));
      expect(tree.contents({ records: true }), `killed after ${milliseconds} ms`).toEqual(expected);
    }
  });
});

describe('applying a plan', () => {
  it('writes nothing at all when there is nothing to do', async () => {
    const tree = emptyTree();
    await tree.generate(V1);
    const fs = crashingFs(tree.out, 0);
    await applyPlan(await tree.plan(V1), { fs });
    expect(fs.operations()).toBe(0);
  });

  it('refuses when the user saved a file since the plan was made, and then writes nothing', async () => {
    const tree = await prepared();
    const plan = await tree.plan(V2);
    tree.write('a/update', 'saved just now');
    const before = tree.contents();
    await expect(applyPlan(plan)).rejects.toThrow('a/update changed while generating; nothing was written');
    expect(tree.contents()).toEqual(before);
  });

  it('refuses when another run ended since the plan was made', async () => {
    const tree = await prepared();
    const plan = await tree.plan(V2);
    await tree.generate(V3);
    await expect(applyPlan(plan)).rejects.toThrow('.hometrip/manifest.json changed while generating');
  });

  it.each(['a', 'a/b'])(
    'refuses when %s became a link that leads outside since the plan was made',
    async (link) => {
      const [tree, outside] = [emptyTree(), emptyTree()];
      const plan = await tree.plan({ 'a/b': 'x' });
      mkdirSync(join(tree.out, link, '..'), { recursive: true });
      symlinkSync(outside.out, join(tree.out, link));
      await expect(applyPlan(plan)).rejects.toThrow('a/b changed while generating');
      expect(outside.contents()).toEqual({});
    },
  );

  it.each(['.hometrip', '.hometrip/base'])('refuses when %s is a link that leads outside', async (link) => {
    const [tree, outside] = [emptyTree(), emptyTree()];
    mkdirSync(join(tree.out, link, '..'), { recursive: true });
    symlinkSync(outside.out, join(tree.out, link));
    await expect(tree.generate(V1)).rejects.toThrow(`${link} is not a folder`);
    expect(outside.contents({ records: true })).toEqual({});
  });

  it('never writes through a link that lies where its temporary file goes', async () => {
    const [tree, outside] = [emptyTree(), emptyTree()];
    outside.write('x', 'theirs');
    symlinkSync(join(outside.out, 'x'), join(tree.out, '.a.hometrip-tmp'));
    await tree.generate({ a: 'x' });
    expect(outside.contents()).toEqual({ x: 'theirs' });
    expect(tree.contents()).toEqual({ a: 'x' });
  });

  it('removes folders that it emptied, and never one of the user', async () => {
    const tree = emptyTree();
    await tree.generate({ 'a/b/c': 'x', 'd/e': 'x' });
    mkdirSync(join(tree.out, 'd/mine'));
    mkdirSync(join(tree.out, 'empty'));
    await tree.generate({});
    expect(existsSync(join(tree.out, 'a'))).toBe(false);
    expect(existsSync(join(tree.out, 'd/mine'))).toBe(true);
    expect(existsSync(join(tree.out, 'empty'))).toBe(true);
  });

  it('says so when the output folder is a file', async () => {
    const tree = emptyTree();
    tree.write('file', 'x');
    expect(() => readTree(join(tree.out, 'file'), [])).toThrow('is not a folder');
  });

  it('says what to do when the manifest has conflict markers of git, or is of another version', async () => {
    const tree = await prepared();
    tree.write('.hometrip/manifest.json', '{\n<<<<<<< HEAD\n');
    await expect(tree.plan(V2)).rejects.toMatchObject({
      message: 'git left conflict markers in the manifest',
      where: '.hometrip/manifest.json',
    });
    tree.write('.hometrip/manifest.json', '{"version":2,"files":{}}');
    await expect(tree.plan(V2)).rejects.toThrow('not one this version can read');
    tree.write(
      '.hometrip/manifest.json',
      `{"version":1,"files":{"../x":{"hash":"${'0'.repeat(64)}","origin":""}}}`,
    );
    await expect(tree.plan(V2)).rejects.toThrow('leaves the output folder');
  });
});

describe('the lock', () => {
  it('keeps a second run waiting until the first is done', async () => {
    const { out } = emptyTree();
    const first = await lockTree(out);
    await expect(lockTree(out, { waitMs: 0 })).rejects.toThrow(
      `another hometrip generate is writing here (process ${process.pid}`,
    );
    const second = lockTree(out);
    first.release();
    (await second).release();
    expect(existsSync(join(out, '.hometrip/lock'))).toBe(false);
  });

  it('is taken over from a process that is gone, or whose number another process has now', async () => {
    const tree = emptyTree();
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const { hostname } = await import('node:os');
    for (const owner of [
      { pid: child.pid, host: hostname() },
      ...(process.platform === 'linux' ? [{ pid: process.pid, host: hostname(), started: '1' }] : []),
    ]) {
      tree.write('.hometrip/lock', JSON.stringify(owner));
      (await lockTree(tree.out, { waitMs: 0 })).release();
    }
    tree.write('.hometrip/lock', JSON.stringify({ pid: 1, host: 'another-machine.invalid' }));
    await expect(lockTree(tree.out, { waitMs: 0 })).rejects.toThrow('process 1 on another-machine.invalid');
  });

  it('lets two generates at once end in the same tree', async () => {
    const tree = await prepared();
    const straight = copyOf(tree);
    await straight.generate(V2);
    const run = async (): Promise<void> => {
      using lock = await lockTree(tree.out);
      await applyPlan(await tree.plan(V2), { lock });
    };
    await Promise.all([run(), run(), run()]);
    expect(tree.contents({ records: true })).toEqual(straight.contents({ records: true }));
  });
});
