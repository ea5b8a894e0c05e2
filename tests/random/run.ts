/** The pipeline: random specs, all stages one after the other, counts, and the smallest spec for what fails. */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { repository } from '../../packages/cli/src/platform/repository.fixture.ts';
import { type Case, caseOf, type Failures, type Stage } from './case.ts';
import { minimal } from './minimal.ts';
import type { RandomSpec } from './spec/spec.ts';
import { validate } from './stages/validate.ts';

export interface RunOptions {
  readonly stages: readonly Stage[];
  /** Specs that go through the stages together. */
  readonly batch?: number;
  /** Seconds for making a failing spec smaller; 0: it is printed as it is. */
  readonly shrinkSeconds?: number;
  readonly report?: (line: string) => void;
}

export interface RunResult {
  readonly counts: Readonly<Record<string, number>>;
  /** How many specs each diagnostic refused. */
  readonly refusals: Readonly<Record<string, number>>;
  /** One text for each spec that failed: the stage, what it said, and the spec. */
  readonly failures: readonly string[];
}

export async function run(specs: readonly RandomSpec[], options: RunOptions): Promise<RunResult> {
  const counts: Record<string, number> = { 'specs tried': 0, 'refused by validate': 0 };
  const refusals: Record<string, number> = {};
  const failures: string[] = [];
  const add = (name: string, count: number): void => {
    counts[name] = (counts[name] ?? 0) + count;
  };
  const valid: Case[] = [];
  for (const [index, spec] of specs.entries()) {
    const one = caseOf(`s${index}`, spec);
    const verdict = validate(one.text);
    add('specs tried', 1);
    if (verdict.kind === 'valid') valid.push(one);
    else if (verdict.kind === 'failed') failures.push(told('validate', [verdict.message], one.text));
    else {
      add('refused by validate', 1);
      for (const code of verdict.codes) refusals[code] = (refusals[code] ?? 0) + 1;
    }
  }
  for (const stage of options.stages) counts[stage.name] = 0;
  const batch = options.batch ?? valid.length;
  for (let start = 0; start < valid.length; start += batch) {
    const cases = valid.slice(start, start + batch);
    const found = await throughStages(cases, options.stages, add);
    for (const { stage, one, messages } of found) {
      const spec = await smaller(stage, one, messages, options);
      failures.push(told(stage.name, messages, stringify(spec)));
      options.report?.(failures.at(-1) ?? '');
    }
    options.report?.(
      `${Math.min(start + batch, valid.length)} of ${valid.length}: ${JSON.stringify(counts)}`,
    );
  }
  counts['failed'] = failures.length;
  return { counts, refusals, failures };
}

interface Found {
  readonly stage: Stage;
  readonly one: Case;
  readonly messages: readonly string[];
}

/** A case that fails in one stage is in none of those that follow. */
async function throughStages(
  cases: readonly Case[],
  stages: readonly Stage[],
  add: (name: string, count: number) => void = () => undefined,
): Promise<Found[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-random-'));
  const found: Found[] = [];
  try {
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
    let left = cases;
    for (const stage of stages) {
      if (left.length === 0) break;
      const { failures, counts = {} } = await stage.run({ folder }, left);
      for (const [name, count] of Object.entries(counts)) add(name, count);
      found.push(...foundBy(stage, left, failures));
      left = left.filter(({ id }) => !failures.has(id));
      add(stage.name, left.length);
    }
  } finally {
    if (process.env['HOMETRIP_RANDOM_KEEP'] === undefined) await rm(folder, { recursive: true, force: true });
  }
  return found;
}

const foundBy = (stage: Stage, cases: readonly Case[], failures: Failures): Found[] =>
  cases.flatMap((one) => {
    const messages = failures.get(one.id);
    return messages === undefined ? [] : [{ stage, one, messages }];
  });

/** The stages up to the one that failed, over one spec at a time. */
async function smaller(
  stage: Stage,
  one: Case,
  messages: readonly string[],
  { stages, shrinkSeconds = 60 }: RunOptions,
): Promise<RandomSpec> {
  if (shrinkSeconds === 0) return one.spec;
  const needed = stages.filter(
    (candidate) =>
      candidate === stage ||
      (candidate.name === 'generate' && stages.indexOf(candidate) < stages.indexOf(stage)),
  );
  const kind = kindOf(messages[0] ?? '');
  const fails = async (spec: RandomSpec): Promise<boolean> => {
    const candidate = caseOf(one.id, spec);
    if (validate(candidate.text).kind !== 'valid') return false;
    const [first] = await throughStages([candidate], needed);
    return first?.stage === stage && kindOf(first.messages[0] ?? '') === kind;
  };
  return minimal(one.spec, fails, Date.now() + shrinkSeconds * 1_000);
}

/** What stays the same when names and places change: the code of the compiler, the words of the error. */
const kindOf = (message: string): string =>
  /error TS\d+|lint\/\w+\/\w+|: \d{3} instead of [\d or]+|: 5\d\d /.exec(message)?.[0] ??
  message
    .split('\n')[0]
    ?.replaceAll(/[a-z0-9_]+[A-Z-]\w*|"[^"]*"|'[^']*'|\/\S*|\d+/g, '')
    .slice(0, 60) ??
  '';

const told = (stage: string, messages: readonly string[], yaml: string): string =>
  `${stage}:\n${messages.slice(0, 5).join('\n').slice(0, 4_000)}\n--- services.yaml\n${yaml}`;
