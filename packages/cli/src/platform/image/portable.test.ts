import { expect, it } from 'vitest';
import { named, withPortablePaths } from './portable.ts';

it('modules are called what they are called everywhere', () => {
  const text = `
// ../../install/node_modules/pg/lib/index.js
var require_lib = __commonJS({
  "../../install/node_modules/pg/lib/index.js"(exports) {
    const a = "../../install/node_modules/pg/lib/index.js";
  }
});
// src/main.ts`;
  const labels = new Map([
    ['../../install/node_modules/pg/lib/index.js', 'pg/lib/index.js'],
    ['src/main.ts', 'generated/services/a/src/main.ts'],
  ]);
  expect(withPortablePaths(text, labels)).toBe(`
// pg/lib/index.js
var require_lib = __commonJS({
  "pg/lib/index.js"(exports) {
    const a = "../../install/node_modules/pg/lib/index.js";
  }
});
// generated/services/a/src/main.ts`);
});

const chunks = (hashes: readonly [main: string, late: string, deep: string], deepest = 'export {};') =>
  new Map([
    ['main.js', `import "./chunks/chunk-${hashes[0]}.js"; import("./chunks/late-${hashes[1]}.js");`],
    [`chunks/chunk-${hashes[0]}.js`, `import "./deep-${hashes[2]}.js"; "x-AAAAAAAA.js";`],
    [`chunks/late-${hashes[1]}.js`, `1;\n//# sourceMappingURL=late-${hashes[1]}.js.map`],
    [`chunks/late-${hashes[1]}.js.map`, '{}'],
    [`chunks/deep-${hashes[2]}.js`, `import "./chunk-${hashes[0]}.js"; ${deepest}`],
  ]);

it('chunks are named by what is in them, whatever the compiler called them', () => {
  const files = named(chunks(['AAAAAAA1', 'BBBBBBB2', 'CCCCCCC3']));
  expect(named(chunks(['QZKM7LP1', 'HRTN4VW2', 'BDFG5CJ3']))).toEqual(files);
  const names = [...files.keys()];
  expect(names.map((name) => name.replace(/-[0-9a-f]{12}/, '-#'))).toEqual([
    'main.js',
    'chunks/chunk-#.js',
    'chunks/late-#.js',
    'chunks/late-#.js.map',
    'chunks/deep-#.js',
  ]);
  for (const name of names.slice(1, 3)) expect(files.get('main.js')).toContain(`./${name}`);
});

it('a chunk has another name when what it leads to is another one', () => {
  const before = [...named(chunks(['AAAAAAA1', 'BBBBBBB2', 'CCCCCCC3'])).keys()];
  const after = [...named(chunks(['AAAAAAA1', 'BBBBBBB2', 'CCCCCCC3'], 'export const a = 1;')).keys()];
  expect(after.map((name, index) => name === before[index])).toEqual([true, false, true, true, false]);
});
