import { describe, expect, it } from 'vitest';
import { mergeTexts } from './merge.ts';

interface Row {
  readonly what: string;
  readonly base: string;
  readonly mine: string;
  readonly theirs: string;
  /** The merged text, or undefined for a conflict. */
  readonly merged: string | undefined;
}

async function merged(path: string, { base, mine, theirs }: Row): Promise<string | undefined> {
  const result = await mergeTexts(path, { base, mine, theirs });
  return result.clean ? result.text : undefined;
}

const TYPESCRIPT: Row[] = [
  {
    what: 'both add a name to one import',
    base: "import { a } from 'x';\n\na();\n",
    mine: "import { a, mine } from 'x';\n\na();\n",
    theirs: "import { a, theirs } from 'x';\n\na();\n",
    merged: "import { a, mine, theirs } from 'x';\n\na();\n",
  },
  {
    what: 'both add an import',
    base: "import { a } from 'x';\n\na();\n",
    mine: "import { a } from 'x';\nimport mine from 'mine';\n\na(mine);\n",
    theirs: "import { a } from 'x';\nimport type { T } from 'theirs';\n\na();\n",
    merged:
      "import { a } from 'x';\nimport mine from 'mine';\nimport type { T } from 'theirs';\n\na(mine);\n",
  },
  {
    what: 'a removed import stays while code of the user needs it',
    base: "import { a, b } from 'x';\n\na(b);\n\na();\n",
    mine: "import { a, b, c } from 'x';\n\na(b);\n\na();\nc(b);\n",
    theirs: "import { a } from 'x';\n\na();\n\na();\n",
    merged: "import { a, b, c } from 'x';\n\na();\n\na();\nc(b);\n",
  },
  {
    what: 'an import goes, and the groups of the user stay',
    base: "import { a } from 'x';\nimport { b } from 'y';\nimport { c } from 'z';\n\na(c);\n",
    mine: "import { a } from 'x';\nimport { b } from 'y';\n\nimport { c, mine } from 'z';\n\na(c);\n",
    theirs: "import { a } from 'x';\nimport { c, theirs } from 'z';\n\na(c);\n",
    merged: "import { a } from 'x';\n\nimport { c, mine, theirs } from 'z';\n\na(c);\n",
  },
  {
    what: 'both bind one name to different things',
    base: "import { a } from 'x';\n",
    mine: "import { a } from 'x';\nimport { log } from 'mine';\n",
    theirs: "import { a } from 'x';\nimport { log } from 'theirs';\n",
    merged: undefined,
  },
  {
    what: 'both add a route at the end',
    base: "export const routes = [\n  get('/a', a),\n];\n",
    mine: "export const routes = [\n  get('/a', a),\n  // ours\n  get('/mine', mine),\n];\n",
    theirs: "export const routes = [\n  get('/a', a),\n  get('/theirs', theirs),\n];\n",
    merged:
      "export const routes = [\n  get('/a', a),\n  get('/theirs', theirs),\n  // ours\n  get('/mine', mine),\n];\n",
  },
  {
    what: 'one removes an element beside one that the other adds',
    base: 'const x = [\n  a,\n  b,\n];\n',
    mine: 'const x = [\n  a,\n  b,\n  mine,\n];\n',
    theirs: 'const x = [\n  a,\n];\n',
    merged: 'const x = [\n  a,\n  mine,\n];\n',
  },
  {
    what: 'a list on one line that the rendering breaks',
    base: 'const x = [a, b];\n',
    mine: 'const x = [a, b, mine];\n',
    theirs: 'const x = [\n  a,\n  b,\n  theirs,\n];\n',
    merged: 'const x = [\n  a,\n  b,\n  theirs,\n  mine,\n];\n',
  },
  {
    what: 'lists on one line',
    base: 'start({ a });\n',
    mine: 'start({ a, mine });\n',
    theirs: 'start({ a, theirs });\n',
    merged: 'start({ a, theirs, mine });\n',
  },
  {
    what: 'options in a call, without trailing commas',
    base: 'start({\n  port: 1\n});\n',
    mine: 'start({\n  port: 1,\n  mine: true // why\n});\n',
    theirs: 'start({\n  port: 1,\n  theirs: 2\n});\n',
    merged: 'start({\n  port: 1,\n  theirs: 2,\n  mine: true, // why\n});\n',
  },
  {
    what: 'the inner list when the outer one differs too',
    base: 'start({\n  name: 1,\n  routes: [a],\n});\n',
    mine: 'start({\n  name: 1,\n  routes: [a, mine],\n});\n',
    theirs: 'start({\n  name: 1,\n  routes: [a, theirs],\n  more: 1,\n});\n',
    merged: 'start({\n  name: 1,\n  routes: [a, theirs, mine],\n  more: 1,\n});\n',
  },
  {
    what: 'members of an interface and of a class',
    base: 'interface I {\n  a: 1;\n}\nclass C {\n  a() {}\n}\n',
    mine: 'interface I {\n  a: 1;\n  mine: 1;\n}\nclass C {\n  a() {}\n  mine() {}\n}\n',
    theirs: 'interface I {\n  a: 1;\n  theirs: 1;\n}\nclass C {\n  a() {}\n  theirs() {}\n}\n',
    merged:
      'interface I {\n  a: 1;\n  theirs: 1;\n  mine: 1;\n}\nclass C {\n  a() {}\n  theirs() {}\n  mine() {}\n}\n',
  },
  {
    what: 'one property, two values',
    base: 'start({\n  port: 1,\n});\n',
    mine: 'start({\n  port: 2,\n});\n',
    theirs: 'start({\n  port: 3,\n});\n',
    merged: undefined,
  },
  {
    what: 'both add one property, each in its way',
    base: 'start({\n  port: 1,\n});\n',
    mine: 'start({\n  port: 1,\n  host: "mine",\n});\n',
    theirs: 'start({\n  port: 1,\n  host: "theirs",\n});\n',
    merged: undefined,
  },
  {
    what: 'statements, whose order matters',
    base: 'a();\n',
    mine: 'a();\nmine();\n',
    theirs: 'a();\ntheirs();\n',
    merged: undefined,
  },
  {
    what: 'code that does not parse',
    base: 'const x = [\n  a,\n];\n',
    mine: 'const x = [\n  a,\n  mine,\n;\n',
    theirs: 'const x = [\n  a,\n  theirs,\n];\n',
    merged: undefined,
  },
];

const JSON_FILES: Row[] = [
  {
    what: 'both add a dependency',
    base: '{\n  "name": "x",\n  "dependencies": {\n    "a": "1"\n  }\n}\n',
    mine: '{\n  "name": "x",\n  "dependencies": {\n    "a": "1",\n    "mine": "1"\n  }\n}\n',
    theirs: '{\n  "name": "x",\n  "dependencies": {\n    "a": "1",\n    "fresh": "1"\n  }\n}\n',
    merged:
      '{\n  "name": "x",\n  "dependencies": {\n    "a": "1",\n    "fresh": "1",\n    "mine": "1"\n  }\n}\n',
  },
  {
    what: 'one removes a key beside one that the other adds, and both extend a list',
    base: '{\n  "files": ["a"],\n  "b": 1\n}\n',
    mine: '{\n  "files": ["a", "mine"],\n  "b": 1,\n  "mine": null\n}\n',
    theirs: '{\n  "files": ["a", "theirs"]\n}\n',
    merged: '{\n  "files": [\n    "a",\n    "theirs",\n    "mine"\n  ],\n  "mine": null\n}\n',
  },
  {
    what: 'one key, two values',
    base: '{\n  "a": 1\n}\n',
    mine: '{\n  "a": 2\n}\n',
    theirs: '{\n  "a": 3\n}\n',
    merged: undefined,
  },
  {
    what: 'text that parsing would change: comments, duplicate keys, large numbers',
    base: '{\n  "a": 1\n}\n',
    mine: '{\n  "a": 1,\n  "b": 12345678901234567890\n}\n',
    theirs: '{\n  "a": 1,\n  "c": 1\n}\n',
    merged: undefined,
  },
  {
    what: 'keys with a meaning in JavaScript',
    base: '{\n  "a": 1\n}\n',
    mine: '{\n  "a": 1,\n  "__proto__": {\n    "x": 1\n  }\n}\n',
    theirs: '{\n  "a": 1,\n  "constructor": 1\n}\n',
    merged: '{\n  "a": 1,\n  "constructor": 1,\n  "__proto__": {\n    "x": 1\n  }\n}\n',
  },
];

describe('merging TypeScript', () => {
  it.each(TYPESCRIPT)('$what', async (row) => {
    expect(await merged('src/app.ts', row)).toBe(row.merged);
  });

  it('is by lines alone in other files', async () => {
    expect(await merged('notes.md', TYPESCRIPT[0]!)).toBeUndefined();
  });
});

describe('merging JSON', () => {
  it.each(JSON_FILES)('$what', async (row) => {
    expect(await merged('package.json', row)).toBe(row.merged);
  });
});

describe('merging lines', () => {
  it('takes changes of different places from both sides', async () => {
    const result = await mergeTexts('a.md', { base: 'a\nb\nc\n', mine: 'A\nb\nc\n', theirs: 'a\nb\nC' });
    expect(result).toEqual({ clean: true, text: 'A\nb\nC' });
  });

  it('shows each conflict with its line in the file of the user', async () => {
    const result = await mergeTexts('a.md', {
      base: 'a\nb\nc\nd\ne\n',
      mine: 'new\na\nB\nc\nD\ne\n',
      theirs: 'a\nβ\nc\nδ\ne\n',
    });
    expect(result).toMatchObject({ clean: false, lines: [3, 5] });
  });
});
