import { describe, expect, it } from 'vitest';
import { ARROWS } from './arrows.mjs';
import { breaches, importsOf } from './imports.mjs';

describe('imports', () => {
  it.each([
    ["import { a } from './a.ts';", './a.ts'],
    ["import type { A } from '../a.ts';", '../a.ts'],
    ["import {\n  a,\n  b,\n} from 'two-lines';", 'two-lines'],
    ["import 'bare';", 'bare'],
    ["export * from './all.ts';", './all.ts'],
    ["export { a } from './some.ts';", './some.ts'],
    ["const lazy = await import('./lazy.ts');", './lazy.ts'],
  ])('are found in %j', (source, specifier) => {
    expect(importsOf(source).map((found) => found.specifier)).toEqual([specifier]);
  });

  it('are not found in text that only looks like one', () => {
    expect(
      importsOf("const text = 'a from b';\nexport const x = 'y';\nexport function f() {\n  return 'z';\n}\n"),
    ).toEqual([]);
  });
});

describe('the arrows', () => {
  it.each([
    ['renderers/nginx/index.ts', '../../model/stack.ts'],
    ['renderers/nginx/index.ts', './upstreams.ts'],
    ['renderers/nginx/index.ts', '../../files/planned-file.ts'],
    ['usecases/up.ts', '../drivers/driver.ts'],
    ['platform/exec.ts', 'execa'],
    ['main.ts', './ui/errors.ts'],
  ])('let %s import %s', (path, specifier) => {
    expect(breaches(path, `import '${specifier}';`, ARROWS)).toEqual([]);
  });

  it.each([
    ['renderers/nginx/index.ts', 'node:fs', 'renderers/ may not import node:fs'],
    ['renderers/nginx/index.ts', '../../files/apply.ts', 'renderers/ may not import from files/apply.ts'],
    [
      'renderers/nginx/index.ts',
      '../../components/nginx/index.ts',
      'renderers/ may not import from components/nginx/index.ts',
    ],
    ['model/stack.ts', '../renderers/x.ts', 'model/ may not import from renderers/x.ts'],
    ['usecases/up.ts', '../ui/table.ts', 'usecases/ may not import from ui/table.ts'],
    ['drivers/compose/index.ts', 'dockerode', 'drivers/ may not import dockerode'],
    [
      'spec/rules.ts',
      '../../../runtime/src/x.ts',
      'spec/ may not import ../../../runtime/src/x.ts, which is outside packages/cli/src',
    ],
  ])('do not let %s import %s', (path, specifier, finding) => {
    expect(breaches(path, `import '${specifier}';`, ARROWS)).toEqual([`${path}:1: ${finding}`]);
  });

  it('let everyone use the types of a contract, and only the types', () => {
    expect(breaches('spec/schema.ts', "import type { Slo } from '../model/stack.ts';", ARROWS)).toEqual([]);
    expect(breaches('spec/schema.ts', "import { freeze } from '../model/stack.ts';", ARROWS)).toHaveLength(1);
  });

  it('ask for a row for a new folder', () => {
    expect(breaches('plugins/a.ts', '', ARROWS)).toEqual([
      'plugins/a.ts: plugins/ has no row in scripts/lint/arrows.mjs',
    ]);
  });
});
