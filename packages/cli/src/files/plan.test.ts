import { mkdirSync, statSync, chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isDrift, readTree, type PlanOptions } from './index.ts';
import { emptyTree, type TestTree } from './test-kit.ts';

const V1 = 'one\ntwo\nthree\nfour\n';
const V2 = 'one\ntwo\nthree\nFOUR\n';

interface Row {
  /** On disk since last time, and the new rendering. */
  readonly when: string;
  readonly before?: Record<string, string>;
  readonly user?: (tree: TestTree) => void;
  readonly now: Record<string, string>;
  readonly options?: PlanOptions;
  readonly plan: string[];
  readonly disk: Record<string, string>;
}

const TABLE: Row[] = [
  {
    when: 'nothing there, rendered',
    before: {},
    now: { a: V1 },
    plan: ['create a because new'],
    disk: { a: V1 },
  },
  { when: 'untouched, same', now: { a: V1 }, plan: ['unchanged a because as rendered'], disk: { a: V1 } },
  {
    when: 'untouched, changed',
    now: { a: V2 },
    plan: ['update a because the rendering changed'],
    disk: { a: V2 },
  },
  {
    when: 'edited, same',
    user: (tree) => tree.write('a', `mine\n${V1}`),
    now: { a: V1 },
    plan: ['keep a because you edited it'],
    disk: { a: `mine\n${V1}` },
  },
  {
    when: 'edited, changed elsewhere',
    user: (tree) => tree.write('a', `mine\n${V1}`),
    now: { a: V2 },
    plan: ['merge a because you edited it and the rendering changed'],
    disk: { a: `mine\n${V2}` },
  },
  {
    when: 'edited, changed in the same line',
    user: (tree) => tree.write('a', 'one\ntwo\nthree\nmine\n'),
    now: { a: V2 },
    plan: ['conflict a because your edits and the rendering disagree: see a.hometrip-conflict [a:4]'],
    disk: {
      a: 'one\ntwo\nthree\nmine\n',
      'a.hometrip-conflict':
        'one\ntwo\nthree\n<<<<<<< yours\nmine\n||||||| last generated\nfour\n=======\nFOUR\n>>>>>>> newly generated\n',
    },
  },
  {
    when: 'edited to what is rendered now',
    user: (tree) => tree.write('a', V2),
    now: { a: V2 },
    plan: ['keep a because you already made the change that is rendered now'],
    disk: { a: V2 },
  },
  {
    when: 'deleted by the user, changed',
    user: (tree) => tree.delete('a'),
    now: { a: V2 },
    plan: ['skip a because you deleted it (--restore a brings it back)'],
    disk: {},
  },
  {
    when: 'deleted by the user, restored',
    user: (tree) => tree.delete('a'),
    now: { a: V2 },
    options: { restore: ['a'] },
    plan: ['restore a because you asked for it back'],
    disk: { a: V2 },
  },
  {
    when: 'a deleted folder, restored with all below',
    before: { 's/a': V1, 's/t/b': V1 },
    user: (tree) => tree.delete('s'),
    now: { 's/a': V1, 's/t/b': V1 },
    options: { restore: ['s/'] },
    plan: ['restore s/a because you asked for it back', 'restore s/t/b because you asked for it back'],
    disk: { 's/a': V1, 's/t/b': V1 },
  },
  {
    when: 'untouched, no longer rendered',
    before: { 'x/y/a': V1, b: V1 },
    now: { b: V1 },
    plan: ['unchanged b because as rendered', 'delete x/y/a because it is no longer generated'],
    disk: { b: V1 },
  },
  {
    when: 'edited, no longer rendered',
    user: (tree) => tree.write('a', `${V1}mine\n`),
    now: {},
    plan: [
      'keep a because it is no longer generated, but you edited it: delete it when you no longer need it',
    ],
    disk: { a: `${V1}mine\n` },
  },
  {
    when: 'deleted by the user, no longer rendered',
    user: (tree) => tree.delete('a'),
    now: {},
    plan: ['skip a because you deleted it, and it is no longer generated'],
    disk: {},
  },
  {
    when: 'never ours, would be written',
    before: {},
    user: (tree) => tree.write('a', 'mine\n'),
    now: { a: V1 },
    plan: ['refuse a because hometrip did not write this file: move it away, or take it over with --adopt a'],
    disk: { a: 'mine\n' },
  },
  {
    when: 'never ours, adopted',
    before: {},
    user: (tree) => tree.write('a', 'mine\n'),
    now: { a: V1 },
    options: { adopt: ['a'] },
    plan: ['adopt a because your text stays; what is rendered differently from now on is merged in'],
    disk: { a: 'mine\n' },
  },
  {
    when: 'never ours, but just as rendered',
    before: {},
    user: (tree) => tree.write('a', V1),
    now: { a: V1 },
    plan: ['adopt a because it is there already, just as rendered'],
    disk: { a: V1 },
  },
  {
    when: 'a file becomes a folder',
    now: { 'a/b': V1 },
    plan: ['delete a because it is no longer generated', 'create a/b because new'],
    disk: { 'a/b': V1 },
  },
  {
    when: 'a folder becomes a file',
    before: { 'a/b/c': V1 },
    now: { a: V1 },
    plan: ['create a because new', 'delete a/b/c because it is no longer generated'],
    disk: { a: V1 },
  },
  {
    when: 'a folder becomes a file, but a file of the user is in it',
    before: { 'a/b': V1 },
    user: (tree) => tree.write('a/own', 'mine'),
    now: { a: V1 },
    plan: [
      'refuse a because a folder is in its place: move it away, then generate again',
      'delete a/b because it is no longer generated',
    ],
    disk: { 'a/own': 'mine' },
  },
  {
    when: 'an edited file becomes a folder',
    user: (tree) => tree.write('a', 'mine'),
    now: { 'a/b': V1 },
    plan: [
      'keep a because it is no longer generated, but you edited it: delete it when you no longer need it',
      'refuse a/b because a is a file: move it away, then generate again',
    ],
    disk: { a: 'mine' },
  },
];

describe('the regeneration table', () => {
  it.each(TABLE)('$when', async ({ before = { a: V1 }, user, now, options, plan, disk }) => {
    const tree = emptyTree();
    await tree.generate(before);
    user?.(tree);
    expect(await tree.generate(now, options)).toEqual(plan);
    expect(tree.contents()).toEqual(disk);

    const everything = tree.contents({ records: true });
    await tree.generate(now);
    expect(tree.contents({ records: true }), 'a second run changes nothing').toEqual(everything);
  });

  it('keeps nothing of a planned change to itself: unwritten, it is drift; written, it is none', async () => {
    const tree = emptyTree();
    await tree.generate({ a: V1 });
    expect(isDrift(await tree.plan({ a: V1 }))).toBe(false);
    expect(isDrift(await tree.plan({ a: V2 }))).toBe(true);
    expect(tree.read('a')).toBe(V1);
    tree.write('a', `mine\n${V1}`);
    expect(isDrift(await tree.plan({ a: V1 }))).toBe(false);
    tree.write('b', 'mine');
    expect(isDrift(await tree.plan({ a: V1, b: V1 }))).toBe(true);
  });

  it('names the nearest files when --restore names none that is generated', async () => {
    await expect(
      emptyTree().plan({ 'nginx/nginx.conf': V1 }, { restore: ['nginx/ngnix.conf'] }),
    ).rejects.toMatchObject({
      message: '--restore nginx/ngnix.conf: no such file is generated',
      next: ['Name a path relative to the output folder.', 'Nearest: nginx/nginx.conf'],
    });
  });

  it('merges an orphan again when it comes back, and deletes it when the user takes the edit out', async () => {
    const tree = emptyTree();
    await tree.generate({ a: V1 });
    tree.write('a', `mine\n${V1}`);
    await tree.generate({});
    await tree.generate({ a: V2 });
    expect(tree.read('a')).toBe(`mine\n${V2}`);
    await tree.generate({});
    tree.write('a', V2);
    expect(await tree.generate({})).toEqual(['delete a because it is no longer generated']);
  });

  it('merges a deleted file that the user brought back from git', async () => {
    const tree = emptyTree();
    await tree.generate({ a: V1 });
    tree.delete('a');
    await tree.generate({ a: V2 });
    tree.write('a', `mine\n${V1}`);
    expect(await tree.generate({ a: V2 })).toEqual([
      'merge a because you edited it and the rendering changed',
    ]);
    expect(tree.read('a')).toBe(`mine\n${V2}`);
  });
});

describe('files that are written once', () => {
  const once = (content: string) => [
    { path: 'm/1.sql', content, origin: 'test', ownership: 'once' as const },
  ];

  it('are never changed, deleted or brought back', async () => {
    const tree = emptyTree();
    await tree.generate(once('v1'));
    expect(await tree.generate(once('v2'))).toEqual([
      'keep m/1.sql because written once, never changed again',
    ]);
    expect(await tree.generate([])).toEqual([]);
    expect(tree.contents()).toEqual({ 'm/1.sql': 'v1' });
    tree.delete('m/1.sql');
    expect(await tree.generate(once('v2'))).toEqual([
      'skip m/1.sql because you deleted it (--restore m/1.sql brings it back)',
    ]);
  });

  it('come back as they were at last, edits included', async () => {
    const tree = emptyTree();
    await tree.generate(once('v1'));
    tree.write('m/1.sql', 'v1, edited');
    expect(await tree.generate(once('v1'))).toEqual([
      'keep m/1.sql because written once, never changed again',
    ]);
    tree.delete('m/1.sql');
    const remembered = readTree(tree.out, []).base('m/1.sql')?.base ?? '';
    expect(await tree.generate(once(remembered), { restore: ['m'] })).toEqual([
      'restore m/1.sql because you asked for it back',
    ]);
    expect(tree.contents()).toEqual({ 'm/1.sql': 'v1, edited' });
  });

  it('follow the rendering while they are released, and go when it does', async () => {
    const tree = emptyTree();
    const draft = (content: string) => once(content).map((file) => ({ ...file, draft: {} }));
    await tree.generate(draft('v1'));
    expect(await tree.generate(draft('v2'))).toEqual([
      'update m/1.sql because no database has seen it, and the rendering changed',
    ]);
    expect(await tree.generate([], { released: ['m/1.sql'] })).toEqual([
      'delete m/1.sql because no database has seen it, and it is no longer needed',
    ]);
    await tree.generate(draft('v1'));
    tree.write('m/1.sql', 'mine');
    expect(await tree.generate(draft('v2'))).toEqual([
      'keep m/1.sql because written once, never changed again',
    ]);
    expect(await tree.generate([], { released: ['m/1.sql'] })).toEqual([
      'keep m/1.sql because it is no longer generated, but you edited it: delete it when you no longer need it',
    ]);
  });

  it('leave a file of the user in peace', async () => {
    const tree = emptyTree();
    tree.write('m/1.sql', 'mine');
    expect(await tree.generate(once('v1'))).toEqual([
      'keep m/1.sql because written only when absent, and yours is there',
    ]);
    expect(tree.contents()).toEqual({ 'm/1.sql': 'mine' });
  });
});

it('keeps what is the memory of other files when nothing renders it any more', async () => {
  const tree = emptyTree();
  const memory = (content: string) => [
    { path: 'm/schema.json', content, origin: 'test', ownership: 'kept' as const },
  ];
  await tree.generate(memory('v1'));
  expect(await tree.generate(memory('v2'))).toEqual(['update m/schema.json because the rendering changed']);
  expect(await tree.generate([])).toEqual([]);
  expect(await tree.generate([], { released: ['m/schema.json'] })).toEqual([
    'delete m/schema.json because no database has seen it, and it is no longer needed',
  ]);
});

describe('spelling of a file', () => {
  it.each([
    {
      what: 'CRLF line ends',
      mine: 'one\r\ntwo\r\nthree\r\nfour\r\n',
      after: 'one\r\ntwo\r\nthree\r\nFOUR\r\n',
      action: 'update',
    },
    { what: 'a byte order mark', mine: `\uFEFF${V1}`, after: `\uFEFF${V2}`, action: 'update' },
    {
      what: 'CRLF and an edit',
      mine: 'mine\r\none\r\ntwo\r\nthree\r\nfour\r\n',
      after: 'mine\r\none\r\ntwo\r\nthree\r\nFOUR\r\n',
      action: 'merge',
    },
    {
      what: 'no final newline',
      mine: 'mine\none\ntwo\nthree\nfour',
      after: 'mine\none\ntwo\nthree\nFOUR',
      action: 'merge',
    },
  ])('survives: $what', async ({ mine, after, action }) => {
    const tree = emptyTree();
    await tree.generate({ a: V1 });
    tree.write('a', mine);
    const [line] = await tree.generate({ a: V2 });
    expect(line).toMatch(new RegExp(`^${action} a`));
    expect(tree.read('a')).toBe(after);
  });

  it('is kept for binary and mixed content, which conflicts when the rendering changes', async () => {
    const tree = emptyTree();
    await tree.generate({ a: V1 });
    const binary = new Uint8Array([0, 255, 1]);
    tree.write('a', binary);
    expect(await tree.generate({ a: V1 })).toEqual(['keep a because you edited it']);
    expect(await tree.generate({ a: V2 })).toEqual([
      'conflict a because your edits and the rendering disagree: see a.hometrip-conflict [a:1]',
    ]);
    expect(Buffer.from(tree.contents()['a']!, 'latin1')).toEqual(Buffer.from(binary));
  });

  it.each([
    ['', 'x\n'],
    ['x\n', ''],
    ['x', 'x\n'],
    ['\n', ''],
    ['', '\n'],
  ])('follows the rendering from %j to %j', async (from, to) => {
    const tree = emptyTree();
    await tree.generate({ a: from });
    await tree.generate({ a: to });
    expect(tree.read('a')).toBe(to);
  });

  it('an emptied file stays empty while the rendering is the same, and conflicts when it changes', async () => {
    const tree = emptyTree();
    await tree.generate({ a: V1 });
    tree.write('a', '');
    expect(await tree.generate({ a: V1 })).toEqual(['keep a because you edited it']);
    expect((await tree.generate({ a: V2 }))[0]).toMatch(/^conflict a/);
    expect(tree.read('a')).toBe('');
  });
});

describe('file modes', () => {
  const script = (mode: number) => [{ path: 's.sh', content: V1, origin: 'test', mode }];
  const bits = (tree: TestTree) => statSync(join(tree.out, 's.sh')).mode & 0o100;

  it('follow the rendering, also when nothing else changed', async () => {
    const tree = emptyTree();
    await tree.generate(script(0o644));
    expect(bits(tree)).toBe(0);
    expect(await tree.generate(script(0o755))).toEqual(['update s.sh because mode 644 → 755']);
    expect(bits(tree)).toBe(0o100);
    expect(await tree.generate(script(0o755))).toEqual(['unchanged s.sh because as rendered']);
  });

  it('stay as the user set them', async () => {
    const tree = emptyTree();
    await tree.generate(script(0o644));
    chmodSync(join(tree.out, 's.sh'), 0o700);
    expect(await tree.generate(script(0o644))).toEqual(['unchanged s.sh because as rendered']);
    expect(statSync(join(tree.out, 's.sh')).mode & 0o777).toBe(0o700);
  });
});

describe('rendered paths', () => {
  const at = (path: string, origin = 'test') => ({ path, content: '', origin });

  it.each([
    '',
    '/etc/x',
    '../x',
    'a/../../x',
    'a//b',
    './a',
    'a\\b',
    'C:/x',
    'a\0b',
    '.hometrip/manifest.json',
    '.HOMETRIP/x',
    'a.hometrip-conflict',
  ])('refuses %j as a bug of the renderer', async (path) => {
    await expect(emptyTree().plan([at(path)])).rejects.toThrow(/rendered path/);
  });

  it('refuses a path that two renderers claim', async () => {
    await expect(emptyTree().plan([at('a', 'x'), at('a', 'y')])).rejects.toThrow(
      'a is rendered twice: by x and by y',
    );
  });

  it.each([
    [['a/B', 'a/b'], 'a/B and a/b differ only in case'],
    [['S/a', 's/b'], 'S and s differ only in case'],
    [['a', 'a/b'], 'a would be both a file and a folder'],
    [['a/b', 'a'], 'a would be both a file and a folder'],
  ])('refuses %j, which cannot exist together everywhere', async (paths, message) => {
    await expect(emptyTree().plan(paths.map((path) => at(path)))).rejects.toThrow(message);
  });
});

describe('links', () => {
  it.each(['file', 'folder'])('are never written through: a %s that leads outside', async (kind) => {
    const [tree, outside] = [emptyTree(), emptyTree()];
    outside.write('a', 'theirs');
    mkdirSync(tree.out, { recursive: true });
    if (kind === 'file') {
      mkdirSync(join(tree.out, 'd'));
      symlinkSync(join(outside.out, 'a'), join(tree.out, 'd/a'));
    } else symlinkSync(outside.out, join(tree.out, 'd'));
    const what = kind === 'file' ? 'a symbolic link is in its place' : 'the folder d is a symbolic link';
    expect(await tree.generate({ 'd/a': V1 }, { adopt: true })).toEqual([
      `refuse d/a because ${what}: move it away, then generate again`,
    ]);
    expect(outside.contents()).toEqual({ a: 'theirs' });
  });

  it('are not followed to delete a file either', async () => {
    const [tree, outside] = [emptyTree(), emptyTree()];
    await tree.generate({ 'd/a': V1 });
    tree.delete('d');
    outside.write('a', V1);
    symlinkSync(outside.out, join(tree.out, 'd'));
    await tree.generate({});
    expect(outside.contents()).toEqual({ a: V1 });
  });
});
