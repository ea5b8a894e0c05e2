/** What both runs share: the systems that were found to be hard, and the stages. */
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Stage } from './case.ts';
import type { RandomSpec } from './spec/spec.ts';
import { compileStage } from './stages/compile.ts';
import { generateStage } from './stages/generate.ts';
import { lintStage } from './stages/lint.ts';
import { ownTestsStage } from './stages/own-tests.ts';
import { requestsStage } from './stages/requests.ts';
import { toolsStage } from './stages/tools.ts';

const cases = new URL('./cases/', import.meta.url);

/** tests/random/cases: each stays here when it works, so that it goes on working. */
export const hardSystems = (): RandomSpec[] =>
  readdirSync(cases)
    .sort()
    .map((name) => parse(readFileSync(new URL(name, cases), 'utf8')) as RandomSpec);

/** In their order; a system that fails in one is in none of those that follow. */
export const stages: readonly Stage[] = [
  generateStage,
  toolsStage,
  compileStage,
  lintStage,
  requestsStage,
  ownTestsStage,
];

/** A number from the environment. */
export const setting = (name: string, fallback: number): number => {
  const text = process.env[name];
  return text === undefined || text === '' ? fallback : Number(text);
};
