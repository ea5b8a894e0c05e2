/**
 * `npm run test:random`: HOMETRIP_RANDOM_SPECS systems (default 300) of HOMETRIP_RANDOM_SEED (default: another one each time, which is
 * printed). What fails is printed as the smallest services.yaml that was found to fail alike.
 */
import { expect, it } from 'vitest';
import type { Stage } from './case.ts';
import { setting, stages } from './known.ts';
import { run } from './run.ts';
import { sampleSpecs } from './spec/spec.ts';
import { upStage } from './stages/up.ts';

const seed = setting('HOMETRIP_RANDOM_SEED', Date.now() % 1_000_000);
const count = setting('HOMETRIP_RANDOM_SPECS', 300);
/** Real stacks take seconds each: one system of so many. */
const upEach = setting('HOMETRIP_RANDOM_UP_EACH', 6);

it('hundreds of random systems work', async () => {
  const sometimes: Stage = {
    name: 'up',
    run: (workspace, cases) =>
      upStage.run(
        workspace,
        cases.filter(({ id }) => Number(id.slice(1)) % upEach === 0),
      ),
  };
  const { counts, refusals, failures } = await run(sampleSpecs(seed, count), {
    stages: [...stages, sometimes],
    batch: 30,
    report: (line) => console.log(line),
  });
  console.log(`seed ${seed}`);
  console.table(counts);
  console.table(refusals);
  expect(failures).toEqual([]);
}, 86_400_000);
