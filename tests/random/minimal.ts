/** The smallest spec that fails alike: parts are taken away, the largest first, for as long as it does. */
import type { RandomSpec } from './spec/spec.ts';

/** @param fails Whether a spec is valid and fails in the same way. @param until An instant after which the best so far will do. */
export async function minimal(
  spec: RandomSpec,
  fails: (spec: RandomSpec) => Promise<boolean>,
  until: number,
): Promise<RandomSpec> {
  let best = spec;
  for (let progress = true; progress; ) {
    progress = false;
    for (const path of paths(best)) {
      if (Date.now() > until) return best;
      const smaller = without(best, path);
      if (smaller === undefined || !(await fails(smaller))) continue;
      best = smaller;
      progress = true;
    }
  }
  return best;
}

type Path = readonly (string | number)[];

/** Of all that can be taken away; what contains others before them. */
function paths(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [];
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()].reverse() : Object.keys(value);
  return keys.flatMap((key) => [
    [...path, key],
    ...paths((value as Record<string | number, unknown>)[key], [...path, key]),
  ]);
}

/** A copy without what is there; undefined when it is gone already. */
function without(spec: RandomSpec, path: Path): RandomSpec | undefined {
  const copy = structuredClone(spec);
  const key = path.at(-1) as string | number;
  let owner: unknown = copy;
  for (const step of path.slice(0, -1))
    owner = (owner as Record<string | number, unknown> | undefined)?.[step];
  if (owner === null || typeof owner !== 'object' || !Object.hasOwn(owner, key)) return undefined;
  if (Array.isArray(owner)) owner.splice(Number(key), 1);
  else delete (owner as Record<string, unknown>)[key];
  return copy;
}
