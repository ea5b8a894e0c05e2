import { expect, it } from 'vitest';
import { run } from './run.ts';
import { sampleSpecs } from './spec/spec.ts';
import { compileStage } from './stages/compile.ts';
import { generateStage } from './stages/generate.ts';
import { lintStage } from './stages/lint.ts';
import { ownTestsStage } from './stages/own-tests.ts';
import { requestsStage } from './stages/requests.ts';

const seed = Number(process.env['HOMETRIP_RANDOM_SEED'] ?? 8);
const count = Number(process.env['HOMETRIP_RANDOM_SPECS'] ?? 8);

it('whatever is valid is generated, compiled, linted, started, used and green', async () => {
  const specs = sampleSpecs(seed, count, { services: [1, 1, 2, 3], entities: [1, 1, 2] });
  const { counts, refusals, failures } = await run(specs, {
    stages: [generateStage, compileStage, lintStage, requestsStage, ownTestsStage],
    shrinkSeconds: 0,
  });
  console.log(`random specs of seed ${seed}: ${JSON.stringify(counts)}, refused: ${JSON.stringify(refusals)}`);
  expect(failures.join('\n\n')).toBe('');
}, 600_000);
