/** Which names of before are which of now: by the declared `renamedFrom`, otherwise by being equal. Pure, for tables and columns alike. */

export interface Named {
  readonly name: string;
  /** In what comes: the declaration. In what was: the declaration that has been carried out already. */
  readonly renamedFrom?: string | undefined;
}

export interface Renames<B, A> {
  /** What stays, renamed or not, in the order of now. */
  readonly kept: readonly (readonly [before: B, after: A])[];
  readonly gone: readonly B[];
  readonly added: readonly A[];
  /** Declarations that cannot be carried out; nothing says what they meant. */
  readonly problems: readonly RenameProblem<A>[];
}

export interface RenameProblem<A> {
  readonly after: A;
  /** `unknown`: there is nothing of the earlier name. `taken`: there is something of the new name as well, and it would be lost. */
  readonly kind: 'unknown' | 'taken';
}

/**
 * A declaration counts once: what was carried out is remembered beside the name, so that it may stay in the file, be taken away
 * later, or be turned round.
 */
export function resolveRenames<B extends Named, A extends Named>(
  before: readonly B[],
  after: readonly A[],
): Renames<B, A> {
  const old = new Map(before.map((one) => [one.name, one]));
  const claims = new Map<string, A>();
  const problems: RenameProblem<A>[] = [];
  for (const one of after) {
    const { name, renamedFrom } = one;
    const present = old.get(name);
    if (renamedFrom === undefined || present?.renamedFrom === renamedFrom) continue;
    if (old.has(renamedFrom)) claims.set(renamedFrom, one);
    // Without any before there is nothing to rename, and where the new name is there it has been done.
    else if (present === undefined && before.length > 0) problems.push({ after: one, kind: 'unknown' });
  }
  for (const one of claims.values())
    if (old.has(one.name) && !claims.has(one.name)) problems.push({ after: one, kind: 'taken' });
  const claimed = new Map([...claims].map(([from, one]) => [one.name, from]));
  const kept: (readonly [B, A])[] = [];
  const added: A[] = [];
  for (const one of after) {
    const from = claimed.get(one.name) ?? (claims.has(one.name) ? undefined : one.name);
    const previous = from === undefined ? undefined : old.get(from);
    if (previous === undefined) added.push(one);
    else kept.push([previous, one]);
  }
  const stays = new Set(kept.map(([previous]) => previous.name));
  return { kept, added, gone: before.filter(({ name }) => !stays.has(name)), problems };
}

/** Never the name of anything: it has capitals. */
const WAITING = '"Waiting"';

/** Renames one after the other so that no name is taken twice, also when names change places. Equal pairs are left out. */
export function inOrder(pairs: readonly (readonly [from: string, to: string])[]): [string, string][] {
  const rest = new Map(pairs.filter(([from, to]) => from !== to));
  const steps: [string, string][] = [];
  while (rest.size > 0) {
    const free = [...rest].find(([, to]) => !rest.has(to));
    const [from, to] = free ?? ([...rest][0] as [string, string]);
    rest.delete(from);
    steps.push([from, free === undefined ? WAITING : to]);
    if (free === undefined) rest.set(WAITING, to);
  }
  return steps;
}
