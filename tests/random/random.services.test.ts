/** Whatever is valid works: the systems that were found to be hard, and a few random ones. `npm run test:random` tries hundreds. */
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { hardSystems, setting, stages } from './known.ts';
import { run } from './run.ts';
import { sampleSpecs } from './spec/spec.ts';
import { validate } from './stages/validate.ts';

const seed = setting('HOMETRIP_RANDOM_SEED', 8);
const count = setting('HOMETRIP_RANDOM_SPECS', 3);

it.each(hardSystems())('$name is valid, so that it goes through all stages', (spec) => {
  expect(validate(stringify(spec)).kind).toBe('valid');
});

it('whatever is valid is generated, read by other programs, compiled, linted, started, used, and green', async () => {
  const random = count === 0 ? [] : sampleSpecs(seed, count, { services: [1, 1, 2], entities: [1, 1, 2] });
  const { counts, refusals, failures } = await run([...hardSystems(), ...random], {
    stages,
    shrinkSeconds: 0,
  });
  console.log(`seed ${seed}: ${JSON.stringify(counts)}, refused: ${JSON.stringify(refusals)}`);
  expect(failures.join('\n\n')).toBe('');
}, 600_000);
