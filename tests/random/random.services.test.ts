/**
 * Whatever is valid works: systems that were found to be hard, and random ones. HOMETRIP_RANDOM_SEED and HOMETRIP_RANDOM_SPECS choose
 * which and how many; `npm run test:random` does the same with hundreds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { run } from './run.ts';
import { type RandomSpec, sampleSpecs } from './spec/spec.ts';
import { compileStage } from './stages/compile.ts';
import { generateStage } from './stages/generate.ts';
import { lintStage } from './stages/lint.ts';
import { ownTestsStage } from './stages/own-tests.ts';
import { requestsStage } from './stages/requests.ts';

const seed = Number(process.env['HOMETRIP_RANDOM_SEED'] ?? 8);
const count = Number(process.env['HOMETRIP_RANDOM_SPECS'] ?? 0);

const cases = new URL('./cases/', import.meta.url);
const known: readonly RandomSpec[] = readdirSync(cases)
  .sort()
  .map((name) => parse(readFileSync(new URL(name, cases), 'utf8')) as RandomSpec);

it('whatever is valid is generated, compiled, linted, started, used and green', async () => {
  const random = count === 0 ? [] : sampleSpecs(seed, count, { services: [1, 1, 2, 3], entities: [1, 1, 2] });
  const { counts, refusals, failures } = await run([...known, ...random], {
    stages: [generateStage, compileStage, lintStage, requestsStage, ownTestsStage],
    shrinkSeconds: 0,
  });
  console.log(`seed ${seed}: ${JSON.stringify(counts)}, refused: ${JSON.stringify(refusals)}`);
  expect(failures.join('\n\n')).toBe('');
}, 600_000);
