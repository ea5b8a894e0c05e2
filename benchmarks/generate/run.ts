/**
 * `hometrip generate` as a whole process: the HomeTrip stack from nothing and unchanged, beside a bare `node -e 0`, and the
 * growth from 10 to 1,000 services. Run it with: node benchmarks/generate/run.ts
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;
const cli = join(root, 'packages/cli/bin/hometrip.js');
const folder = mkdtempSync(join(tmpdir(), 'hometrip-benchmark-'));
const runs = Number(process.env['RUNS'] ?? 7);

interface Figures {
  readonly wall: number;
  /** Largest resident set in MB. */
  readonly memory: number;
}

function measure(args: readonly string[]): Figures {
  const started = performance.now();
  // The child reports its own peak: nothing else can be asked without a helper program.
  const report =
    "process.on('exit', () => require('fs').writeSync(2, '\\nRSS ' + process.resourceUsage().maxRSS))";
  const hook = join(folder, 'rss.cjs');
  writeFileSync(hook, report);
  const { status, stderr } = spawnSync(process.execPath, ['--require', hook, ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  const wall = performance.now() - started;
  if (status !== 0) throw new Error(`exit code ${status}: ${stderr}`);
  return { wall, memory: Number(/RSS (\d+)/.exec(stderr)?.[1] ?? 0) / 1024 };
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function series(
  prepare: () => readonly string[],
  count = runs,
): { wall: number; min: number; max: number; memory: number } {
  const all = Array.from({ length: count }, () => measure(prepare()));
  const walls = all.map(({ wall }) => wall);
  return {
    wall: median(walls),
    min: Math.min(...walls),
    max: Math.max(...walls),
    memory: Math.max(...all.map(({ memory }) => memory)),
  };
}

function project(name: string, spec: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'services.yaml'), spec);
  return path;
}

const synthetic = (count: number) =>
  ['name: big', 'version: 1', 'components: { postgres: {} }', 'services:']
    .concat(
      Array.from({ length: count }, (_, index) => [
        `  thing${index}-service:`,
        `    port: ${20_000 + index}`,
        '    database: postgres',
        '    entities:',
        `      thing${index}: { owner: user, title: string(120), tags: "string(40)[]", price: money, state: "enum(draft, live)" }`,
      ]).flat(),
    )
    .join('\n');

const ms = (value: number) => `${Math.round(value).toLocaleString('en')} ms`.padStart(10);
const row = (name: string, { wall, min, max, memory }: ReturnType<typeof series>, note = '') =>
  console.log(
    `${name.padEnd(34)}${ms(wall)}${ms(min)}${ms(max)}${`${Math.round(memory)} MB`.padStart(10)}  ${note}`,
  );

try {
  console.log(`${runs} runs each, whole processes, ${process.version}\n`);
  console.log(
    `${''.padEnd(34)}${'median'.padStart(10)}${'min'.padStart(10)}${'max'.padStart(10)}${'peak'.padStart(10)}`,
  );
  const bare = series(() => ['-e', '0']);
  row('node -e 0', bare);

  const home = join(folder, 'hometrip');
  mkdirSync(home);
  cpSync(join(root, 'services.yaml'), join(home, 'services.yaml'));
  const generate = (path: string) => [cli, 'generate', '--project', path];
  const fresh = (path: string) => () => {
    rmSync(join(path, 'generated'), { recursive: true, force: true });
    return generate(path);
  };
  measure(fresh(home)()); // fills the compile cache, as any earlier run would have
  row(
    'hometrip --help',
    series(() => [cli, '--help']),
  );
  row(
    'hometrip validate',
    series(() => [cli, 'validate', '--project', home]),
  );
  row('HomeTrip, from nothing', series(fresh(home)), 'bar: 1,000 ms');
  row(
    'HomeTrip, unchanged',
    series(() => generate(home)),
    'bar: 300 ms',
  );

  const walls = new Map<number, number>();
  for (const count of [10, 100, 1000]) {
    // A folder for each run: deleting thousands of files right before would be measured, too.
    let run = 0;
    const result = series(
      () => generate(project(`of-${count}-${(run += 1)}`, synthetic(count))),
      Math.min(3, runs),
    );
    walls.set(count, result.wall);
    row(
      `${count.toLocaleString('en')} services, from nothing`,
      result,
      count === 1000 ? 'bar: 10 s, 1 GB' : '',
    );
  }
  row(
    '1,000 services, unchanged',
    series(() => generate(join(folder, 'of-1000-1')), Math.min(3, runs)),
  );
  console.log(
    `\n1,000 services take ${((walls.get(1000) ?? 0) / (walls.get(100) ?? 1)).toFixed(1)} times as long as 100 (bar: 12).`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
