import type { Path } from '../located.ts';
import type { Rule } from './context.ts';

/** One finding for each group of services that call each other in circles, with the shortest circle. */
export const callsInCircle: Rule = ({ spec, blame, report }) => {
  const calls = new Map(
    Object.entries(spec.services).map(([name, service]) => [
      name,
      service.calls.filter((called) => Object.hasOwn(spec.services, called)),
    ]),
  );
  for (const group of circularGroups(calls)) {
    const circle = shortestCircle(group, calls);
    const steps = circle
      .slice(0, -1)
      .map((name, index) => ({ path: callPath(name, circle[index + 1] ?? '') }));
    const [first, ...rest] = steps;
    if (first)
      report(
        'HT0315',
        blame([first, ...rest]).path,
        `services call each other in a circle: ${circle.join(' → ')}`,
        'make one of the calls an event',
      );
  }

  function callPath(from: string, to: string): Path {
    return ['services', from, 'calls', spec.services[from]?.calls.indexOf(to) ?? 0];
  }
};

type Graph = ReadonlyMap<string, readonly string[]>;

/** Strongly connected components with a circle in them (Tarjan 1972), iterative since chains may be long. */
function circularGroups(graph: Graph): ReadonlySet<string>[] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const groups: ReadonlySet<string>[] = [];
  for (const root of graph.keys()) {
    const path: { name: string; next: number }[] = [];
    const enter = (name: string): void => {
      index.set(name, index.size);
      low.set(name, index.size - 1);
      stack.push(name);
      onStack.add(name);
      path.push({ name, next: 0 });
    };
    if (!index.has(root)) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { name } = top;
      const called = graph.get(name)?.[top.next++];
      if (called !== undefined) {
        if (!index.has(called)) enter(called);
        else if (onStack.has(called)) low.set(name, Math.min(low.get(name) ?? 0, index.get(called) ?? 0));
        continue;
      }
      path.pop();
      const caller = path.at(-1)?.name;
      if (caller !== undefined) low.set(caller, Math.min(low.get(caller) ?? 0, low.get(name) ?? 0));
      if (low.get(name) !== index.get(name)) continue;
      const group = new Set(stack.splice(stack.lastIndexOf(name)));
      for (const member of group) onStack.delete(member);
      if (group.size > 1 || graph.get(name)?.includes(name)) groups.push(group);
    }
  }
  return groups;
}

/** From the first declared member back to itself, breadth first. */
function shortestCircle(group: ReadonlySet<string>, graph: Graph): string[] {
  const [start = ''] = [...graph.keys()].filter((name) => group.has(name));
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const called of graph.get(name) ?? []) {
      if (called === start) {
        const circle = [start];
        for (
          let step: string | undefined = name;
          step !== undefined && step !== start;
          step = cameFrom.get(step)
        )
          circle.unshift(step);
        return [start, ...circle];
      }
      if (!group.has(called) || cameFrom.has(called)) continue;
      cameFrom.set(called, name);
      queue.push(called);
    }
  }
  return [start];
}
