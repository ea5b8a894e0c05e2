/**
 * The promise of regeneration, over random histories: specs that change, users that edit, and runs in between.
 * HOMETRIP_PROPERTY_RUNS sets how many histories are tried (1,000 before a release: a few minutes).
 */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyPlan, isDrift, type FilePlan } from './index.ts';
import { markerLines } from './merge/lines.ts';
import { TestTree, plannedFiles, temporaryFolder } from './test-kit.ts';

const RUNS = Number(process.env['HOMETRIP_PROPERTY_RUNS'] ?? 60);
const PATHS = ['README.md', 's/app.ts', 's/package.json', 's/t/deep.ts', 'conf/x.yml'];

/** One line of the user, told from all others by its number. */
type Edit =
  | { readonly kind: 'insert' | 'modify' | 'remove'; readonly path: number; readonly at: number }
  | { readonly kind: 'delete' | 'own' | 'settle' | 'crlf'; readonly path: number; readonly at?: never };

interface Round {
  /** What is rendered: for each path a seed, or undefined. Equal seeds render equal texts. */
  readonly spec: readonly (number | undefined)[];
  readonly edits: readonly Edit[];
}

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('insert' as const, 'modify' as const, 'remove' as const),
      path: fc.nat(4),
      at: fc.nat(20),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('delete' as const, 'own' as const, 'settle' as const, 'crlf' as const),
      path: fc.nat(4),
    }),
  },
);
const round: fc.Arbitrary<Round> = fc.record({
  spec: fc.tuple(...PATHS.map(() => fc.option(fc.nat(5), { nil: undefined, freq: 5 }))),
  edits: fc.array(edit, { maxLength: 5 }),
});

/** A rendering that changes here and there with its seed, in the manner of a generated file. */
function render(path: string, seed: number): string {
  const names = Array.from({ length: 6 }, (_, index) => `item${(seed * (index + 3)) % 7}of${index}`);
  if (path.endsWith('.json'))
    return `${JSON.stringify({ name: 'x', dependencies: Object.fromEntries(names.map((name) => [name, '1'])) }, null, 2)}\n`;
  if (path.endsWith('.ts')) {
    const imports = `import { ${names.slice(0, 3).join(', ')} } from './lib.ts';\n`;
    return `${imports}\nexport const routes = [\n${names.map((name) => `  route('${name}'),\n`).join('')}];\n${seed % 2 ? 'start();\n' : ''}`;
  }
  return (
    ['# head', '', ...names, '', 'foot', ...(seed % 3 === 0 ? ['more'] : [])].join('\n') +
    (seed % 4 === 0 ? '' : '\n')
  );
}

/** The lines that only the user can have written: each carries a number of its own. */
function userLines(text: string): string[] {
  return text.match(/mine\d+/g) ?? [];
}

class History {
  readonly tree = new TestTree(temporaryFolder());
  private count = 0;

  /** A line of the user, in a form that leaves the file well-formed. */
  private line(path: string): string {
    this.count += 1;
    if (path.endsWith('.json')) return `    "mine${this.count}": "1",`;
    return path.endsWith('.ts') ? `  route('mine${this.count}'),` : `mine${this.count}`;
  }

  apply(edit: Edit): void {
    const path = PATHS[edit.path]!;
    const { tree } = this;
    const beside = `${path}.hometrip-conflict`;
    const text = tree.read(path);
    if (edit.kind === 'own') tree.write(`s/own${edit.path}`, `${this.line('')}\n`);
    else if (edit.kind === 'settle') {
      if (tree.read(beside) !== undefined) tree.delete(beside);
    } else if (text === undefined) {
      if (edit.kind !== 'delete') tree.write(path, `${this.line('')}\n`); // where none is, or was
    } else if (edit.kind === 'delete') tree.delete(path);
    else if (edit.kind === 'crlf') tree.write(path, text.replace(/\r?\n/g, '\r\n'));
    else tree.write(path, this.changed(path, text.split('\n'), edit.kind, edit.at ?? 0).join('\n'));
  }

  /** The lines with one inserted, replaced or removed; lines of the user stay. */
  private changed(
    path: string,
    lines: string[],
    kind: 'insert' | 'modify' | 'remove',
    where: number,
  ): string[] {
    const at = Math.min(where, lines.length - 1);
    const replaced = kind === 'insert' || userLines(lines[at] ?? '').length > 0 ? 0 : 1;
    return lines.toSpliced(at, replaced, ...(kind === 'remove' ? [] : [this.line(path)]));
  }
}

function everyUserLine(tree: TestTree): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, text] of Object.entries(tree.contents())) {
    if (!path.endsWith('.hometrip-conflict')) for (const line of userLines(text)) found.set(line, path);
  }
  return found;
}

function checkKept(
  before: Record<string, string>,
  after: Record<string, string>,
  lines: ReadonlyMap<string, string>,
  plan: FilePlan,
): void {
  for (const [line, path] of lines)
    expect(userLines(after[path] ?? ''), `${line} of ${path}`).toContain(line);
  for (const { path, action } of plan.entries) {
    if (['conflict', 'refuse', 'keep', 'unchanged', 'skip'].includes(action))
      expect(after[path], `${path} is left as it was`).toBe(before[path]);
    if (action === 'conflict') expect(after[`${path}.hometrip-conflict`] ?? after[path], path).toBeDefined();
    if (action === 'merge') expect(markerLines(after[path] ?? ''), `no markers in ${path}`).toEqual([]);
  }
}

it(`never loses a line of the user, and a second run changes nothing (${RUNS} histories)`, {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 2, maxLength: 5 }), async (rounds) => {
      const history = new History();
      const { tree } = history;
      try {
        for (const { spec, edits } of rounds) {
          const rendered = plannedFiles(
            Object.fromEntries(
              spec.flatMap((seed, index) =>
                seed === undefined ? [] : [[PATHS[index]!, render(PATHS[index]!, seed)]],
              ),
            ),
          );
          const before = tree.contents();
          const lines = everyUserLine(tree);
          const plan = await tree.plan(rendered);
          await applyPlan(plan);
          const everything = tree.contents({ records: true });
          checkKept(before, tree.contents(), lines, plan);

          const second = await tree.plan(rendered);
          const waits = second.entries.some(({ action }) => action === 'conflict' || action === 'refuse');
          expect(isDrift(second), 'drift after a run means that something waits for the user').toBe(waits);
          await applyPlan(second);
          expect(tree.contents({ records: true }), 'a second run changes nothing').toEqual(everything);
          for (const change of edits) history.apply(change);
        }
      } finally {
        rmSync(tree.out, { recursive: true, force: true });
      }
    }),
    { numRuns: RUNS },
  );
});
