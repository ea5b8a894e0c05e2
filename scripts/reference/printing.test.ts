import { Project, type SourceFile } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { declarationOf } from './declaration.ts';
import { docstringOf, markdownOf, summaryOf } from './docstring.ts';
import { withExamples } from './examples.ts';
import { metricsOf } from './metrics.ts';
import { settingsOf } from './settings.ts';
import { root } from './sources.ts';

const projectOf = (text: string, file = 'src/some/file.ts'): { project: Project; source: SourceFile } => {
  const project = new Project({
    useInMemoryFileSystem: true,
    compilerOptions: { noLib: true, noResolve: true },
  });
  return { project, source: project.createSourceFile(`${root}packages/runtime/${file}`, text) };
};
const first = (text: string) => {
  const [[node] = []] = [...projectOf(text).source.getExportedDeclarations().values()];
  if (node === undefined) throw new Error('exports nothing');
  return node;
};

describe('a declaration', () => {
  it.each([
    [
      'export async function f(a: URL, n = 5): Promise<void> {\n  go(a);\n}',
      'function f(a: URL, n = 5): Promise<void>',
    ],
    ['export const ok = <T>(body: T): Reply<T> => ({ body });', 'function ok<T>(body: T): Reply<T>'],
    ['export const clock: Clock = { now: () => 1 };', 'const clock: Clock'],
    ["export const PATH = '/api';", "const PATH = '/api'"],
    ['export type A = string | number;', 'type A = string | number;'],
    [
      'export interface I {\n  /** In ms. */\n  readonly a: number;\n}',
      'interface I {\n  /** In ms. */\n  readonly a: number;\n}',
    ],
  ])('of %j is shown without its body', (text, shown) => {
    expect(declarationOf(first(text))).toBe(shown);
  });

  it('of a class has its public members with their comments, and nothing else', () => {
    const text = `export class Cache implements Port {
  readonly #adapter: Adapter;
  private secret = 1;
  readonly name: string = 'x';
  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }
  /** Undefined: not there. */
  async get<T>(key: string): Promise<T | undefined> {
    return this.#key(key);
  }
  #key(key: string): string {
    return key;
  }
}`;
    expect(declarationOf(first(text))).toBe(`class Cache implements Port {
  readonly name: string;
  constructor(adapter: Adapter);
  /** Undefined: not there. */
  get<T>(key: string): Promise<T | undefined>;
}`);
  });
});

describe('a docstring', () => {
  it('becomes prose, then its tags', () => {
    const doc = docstringOf(
      first(`/**
 * Waits for an event. Longer
 * text. @param name Of the event.
 * @throws Error after 5 s. @returns the event.
 */
export function wait(name: string): Event {}`),
    );
    expect(doc === undefined ? '' : markdownOf(doc)).toBe(
      'Waits for an event. Longer text.\n\n- `name`: Of the event.\n- Throws Error after 5 s.\n- Returns the event.',
    );
    expect(summaryOf(doc)).toBe('Waits for an event.');
  });

  it('is not the comment of the file, which an empty line tells apart', () => {
    expect(docstringOf(first('/** About the file. */\n\nexport type A = 1;'))).toBeUndefined();
    expect(docstringOf(first('/** About A. */\nexport type A = 1;'))).toBeDefined();
  });
});

describe('a setting', () => {
  it('is found with its default, bounds and meaning, however it is read', () => {
    const { project } = projectOf(`/**
 * @setting HOST Where to
 * listen. @setting SLOW_MS How slow is slow.
 */
const MOST = 2 ** 4;
const host = readSetting(env, 'HOST') ?? '127.0.0.1';
const slow = readInteger(this.env, 'SLOW_MS', { default: 10 * 6, min: 0, max: MOST });
export const bounds = { drainMs: { default: 3, min: 1, max: MOST } } as const;
const drain = readInteger(env, 'DRAIN_MS', { ...bounds.drainMs, default: 7 });
const url = requireUrl(env, 'CACHE_URL');
const mode = process.env['NODE_ENV'];
const used = ['A_URL', 'B_URL'].find((name) => readSetting(env, name) !== undefined);
const none = ['C_URL', 'D_URL'].map((name) => name);`);
    expect(settingsOf(project).map((s) => [s.name, s.default, s.bounds, s.file, s.url, s.meaning])).toEqual([
      ['A_URL', undefined, undefined, true, false, undefined],
      ['B_URL', undefined, undefined, true, false, undefined],
      ['CACHE_URL', undefined, undefined, true, true, undefined],
      ['DRAIN_MS', '7', '1 to 16', true, false, undefined],
      ['HOST', '127.0.0.1', undefined, true, false, 'Where to listen.'],
      ['NODE_ENV', undefined, undefined, false, false, undefined],
      ['SLOW_MS', '60', '0 to 16', true, false, 'How slow is slow.'],
    ]);
  });

  it('that is explained must be read', () => {
    const { project } = projectOf('/** @setting GONE Nobody reads it. */\n');
    expect(() => settingsOf(project)).toThrow(
      'src/some/file.ts explains the setting GONE, which nothing reads',
    );
  });
});

describe('a metric', () => {
  it('is found where it is made, also under a name that is said once', () => {
    const { project } = projectOf(`const name = 'pool_size';
new Gauge({ name, help: 'Size.', labelNames: ['state'], registers: [metrics] });
register(metrics, { name: 'reads_total', help: 'Reads.', type: 'counter', labelNames: ['result'] as const });`);
    expect(metricsOf(project)).toEqual([
      { name: 'pool_size', type: 'gauge', labels: ['state'], help: 'Size.', path: 'src/some/file.ts' },
      { name: 'reads_total', type: 'counter', labels: ['result'], help: 'Reads.', path: 'src/some/file.ts' },
    ]);
  });

  it('that cannot be read is not passed over', () => {
    const { project } = projectOf('new Gauge({ name: make(), help: `Of ${x}.`, registers: [metrics] });');
    expect(() => metricsOf(project)).toThrow(
      'src/some/file.ts:1: write name and help of this metric as texts',
    );
  });
});

it('an example is shown whole or in part, without its marks', () => {
  const page = '<!-- example: sqlite-cache.test.ts#suite -->\n```ts\nold\n```\ntext';
  expect(withExamples(page)).toBe(`<!-- example: sqlite-cache.test.ts#suite -->
\`\`\`ts
const adapters = { cache: [sqliteCache] };

testCache('SQLite', () => url, adapters);
\`\`\`
text`);
  expect(() => withExamples(page.replace('#suite', '#none'))).toThrow(
    'sqlite-cache.test.ts has no part none',
  );
});

it('an empty block is filled, and what stands between two blocks stays', () => {
  const block = (part: string) => `<!-- example: sqlite-cache.test.ts#${part} -->\n\`\`\`ts\n\`\`\`\n`;
  const page = `${block('suite')}\nBetween.\n\n\`\`\`sh\nls\n\`\`\`\n${block('suite')}`;
  const shown = withExamples(page);
  expect(shown).toContain('```\n\nBetween.\n\n```sh\nls\n```\n<!-- example');
  expect(shown.match(/testCache\('SQLite'/g)).toHaveLength(2);
  expect(withExamples(shown)).toBe(shown);
});
