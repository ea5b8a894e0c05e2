/** How long checking and resolving a spec takes, and how that grows: `node benchmarks/spec/validate.ts`. */
import { componentKinds } from '../../packages/cli/src/components/index.ts';
import { resolveStack } from '../../packages/cli/src/model/resolve.ts';
import { stockBlueprints } from '../../packages/cli/src/spec/blueprints/load.ts';
import { checkSpec } from '../../packages/cli/src/spec/check.ts';
import { bigSpec } from '../../packages/cli/src/spec/testing/big-spec.ts';

const blueprints = stockBlueprints();
const rounds = 5;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

console.log('services    kB  check ms  resolve ms');
for (const services of [10, 100, 1000]) {
  const bytes = new TextEncoder().encode(bigSpec(services));
  const check: number[] = [];
  const resolve: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const { spec } = checkSpec('services.yaml', bytes, { kinds: componentKinds, blueprints });
    const checked = performance.now();
    if (!spec) throw new Error('the generated spec is not valid');
    resolveStack(spec, { kinds: componentKinds, blueprints: blueprints.all });
    check.push(checked - start);
    resolve.push(performance.now() - checked);
  }
  const cells = [services, bytes.length / 1024, median(check), median(resolve)].map((cell) =>
    cell.toFixed(0),
  );
  console.log(
    `${cells[0]?.padStart(8)} ${cells[1]?.padStart(5)} ${cells[2]?.padStart(9)} ${cells[3]?.padStart(11)}`,
  );
}
