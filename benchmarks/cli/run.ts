/**
 * What a user waits for: each command through the launcher that a user types, as a multiple of `node -e 0` in the same round.
 * `--before CHECKOUT` runs another checkout beside this one, turn by turn; see README.md.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const here = resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: {
    before: { type: 'string' },
    runs: { type: 'string', default: '15' },
    ups: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true, default: [] },
  },
});

interface Checkout {
  readonly name: string;
  readonly launcher: string;
  readonly project: string;
}

/** Wall-clock time, and user plus system time of the command and what it waited for, in seconds. */
interface Figures {
  readonly wall: number;
  readonly cpu: number;
}

interface Row {
  readonly name: string;
  /** Multiple of `node -e 0` to reach. */
  readonly target: number;
  readonly args: readonly string[];
  readonly prepare?: (checkout: Checkout) => void;
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'hometrip-benchmark-')));
const node = join(here, '.toolchain', 'node');

function checkoutAt(name: string, root: string): Checkout {
  const project = join(folder, name);
  mkdirSync(project);
  // Its own: the language may have grown between the two.
  cpSync(join(root, 'services.yaml'), join(project, 'services.yaml'));
  return { name, launcher: join(root, 'hometrip'), project };
}

/** The shell asks the kernel, which counts children that have ended; Node has no such call. */
function measure(command: readonly string[], cwd: string): Figures {
  const script = 'TIMEFORMAT="figures %R %U %S"; time "$@" 2>&1 >/dev/null';
  const { status, stderr, stdout } = spawnSync('bash', ['-c', script, 'bash', ...command], {
    encoding: 'utf8',
    cwd,
  });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  const [, wall = '', user = '', system = ''] = /figures (\S+) (\S+) (\S+)/.exec(stderr) ?? [];
  return { wall: Number(wall), cpu: Number(user) + Number(system) };
}

const run = (checkout: Checkout, args: readonly string[]): Figures =>
  measure([checkout.launcher, ...args], checkout.project);

const generated = ({ project }: Checkout): string => join(project, 'generated');

const quick: readonly Row[] = [
  { name: '--help', target: 2.5, args: ['--help'] },
  { name: 'validate', target: 4, args: ['validate'] },
  {
    name: 'generate, nothing to do',
    target: 4,
    args: ['generate'],
    // The row below leaves a tree that was just written; the first run after that works everything out.
    prepare: (checkout) => void run(checkout, ['generate']),
  },
  { name: 'generate --check', target: 4, args: ['generate', '--check'] },
  {
    name: 'generate from nothing',
    target: 15,
    args: ['generate'],
    prepare: (checkout) => rmSync(generated(checkout), { recursive: true, force: true }),
  },
];
const warm: Row = { name: 'up of 22 instances, warm', target: 100, args: ['up'] };
const idle: Row = { name: 'up, nothing to do', target: 6, args: ['up'] };
const selected = (row: Row): boolean =>
  options.only.length === 0 || options.only.some((part) => row.name.includes(part));

const series = new Map<string, Figures[]>();
const record = (checkout: string, row: string, figures: Figures): void => {
  const key = `${checkout} ${row}`;
  series.set(key, [...(series.get(key) ?? []), figures]);
};
const BARE = 'node -e 0';
const bare = (): void => record('', BARE, measure([node, '-e', '0'], folder));

function runQuick(checkouts: readonly Checkout[]): void {
  const rows = quick.filter(selected);
  // Fills the compile cache and whatever else a first run leaves behind.
  for (const checkout of checkouts) for (const { args } of [...rows, ...rows]) run(checkout, args);
  for (let round = 0; round < Number(options.runs); round++) {
    bare();
    for (const row of rows) {
      for (const checkout of turn(checkouts, round)) {
        row.prepare?.(checkout);
        record(checkout.name, row.name, run(checkout, row.args));
      }
    }
  }
}

/** One stack at a time: twenty processes more would be measured, too. */
function runUp(checkouts: readonly Checkout[]): void {
  if (![warm, idle].some(selected)) return;
  const down = (checkout: Checkout): Figures => run(checkout, ['down']);
  for (const checkout of checkouts) {
    run(checkout, ['up']);
    down(checkout);
  }
  for (let round = 0; round < Number(options.ups); round++) {
    for (const checkout of turn(checkouts, round)) {
      bare();
      record(checkout.name, warm.name, run(checkout, warm.args));
      for (let time = 0; time < 3; time++) record(checkout.name, idle.name, run(checkout, idle.args));
      down(checkout);
    }
  }
}

/** Whoever goes first finds another machine than who goes second. */
const turn = (checkouts: readonly Checkout[], round: number): readonly Checkout[] =>
  round % 2 === 0 ? checkouts : checkouts.toReversed();

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function print(checkouts: readonly Checkout[]): void {
  const unit = series.get(` ${BARE}`) ?? [];
  const [wall, cpu] = [median(unit.map((one) => one.wall)), median(unit.map((one) => one.cpu))];
  const milliseconds = (seconds: number): string => `${Math.round(seconds * 1000)} ms`;
  console.log(
    `${process.version}, ${availableParallelism()} cores; medians of ${options.runs} runs (up: ${options.ups}), taken turn by turn`,
  );
  console.log(`${BARE}: ${milliseconds(wall)}, CPU ${milliseconds(cpu)}. × is a multiple of it.\n`);
  const names = checkouts.map(({ name }) => name);
  const header = ['', ...names, 'to reach', ...names.map((name) => `CPU ${name}`), ...names];
  const lines = [...quick, idle, warm].filter(selected).map((row) => {
    const of = (name: string, pick: (figures: Figures) => number): number =>
      median((series.get(`${name} ${row.name}`) ?? []).map(pick));
    return [
      row.name,
      ...names.map((name) => `${(of(name, (one) => one.wall) / wall).toFixed(1)} ×`),
      `${row.target} ×`,
      ...names.map((name) => `${(of(name, (one) => one.cpu) / cpu).toFixed(1)} ×`),
      ...names.map((name) => milliseconds(of(name, (one) => one.wall))),
    ];
  });
  for (const cells of [header, ...lines])
    console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(26) : cell.padStart(12))).join(''));
}

const checkouts = [
  ...(options.before === undefined ? [] : [checkoutAt('before', resolve(options.before))]),
  checkoutAt(options.before === undefined ? 'now' : 'after', here),
];
try {
  runQuick(checkouts);
  runUp(checkouts);
  print(checkouts);
} finally {
  for (const { launcher, project } of checkouts)
    spawnSync(launcher, ['down', '--volumes', '--yes'], { cwd: project, stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
}
