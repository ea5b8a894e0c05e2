/** Start order: dependencies first. Calls between services may form cycles; a start order cannot. */

export interface StartOrder {
  readonly names: readonly string[];
  /** What each one really waits for: its dependencies without those that would close a cycle. */
  readonly waitsFor: ReadonlyMap<string, readonly string[]>;
}

/**
 * Depth first in the order given, so equal input gives equal output. A dependency that is still being visited would
 * close a cycle and is dropped. Iterative: a long chain of services must not exhaust the stack.
 */
export function startOrder(
  names: readonly string[],
  dependencies: (name: string) => readonly string[],
): StartOrder {
  const known = new Set(names);
  const finished = new Set<string>();
  const open = new Set<string>();
  const waitsFor = new Map<string, string[]>();
  for (const root of names) {
    const path: { name: string; rest: string[] }[] = [];
    const enter = (name: string): void => {
      open.add(name);
      waitsFor.set(name, []);
      path.push({
        name,
        rest: [...new Set(dependencies(name))]
          .filter((dependency) => known.has(dependency))
          .sort()
          .reverse(),
      });
    };
    if (!finished.has(root)) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next === undefined) {
        open.delete(top.name);
        finished.add(top.name);
        path.pop();
      } else if (!open.has(next)) {
        waitsFor.get(top.name)?.push(next);
        if (!finished.has(next)) enter(next);
      }
    }
  }
  return { names: [...finished], waitsFor };
}
