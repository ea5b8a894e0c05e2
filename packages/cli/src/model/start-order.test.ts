import { describe, expect, it } from 'vitest';
import { startOrder } from './start-order.ts';

const orderOf = (graph: Record<string, string[]>): string[] => {
  const { names, waitsFor } = startOrder(Object.keys(graph), (name) => graph[name] ?? []);
  return names.map((name) => [name, ...(waitsFor.get(name) ?? [])].join(' '));
};

describe('start order', () => {
  it('puts dependencies first and otherwise keeps the order given', () => {
    expect(orderOf({ web: ['api'], mail: [], api: ['db'], db: [] })).toEqual([
      'db',
      'api db',
      'web api',
      'mail',
    ]);
  });

  it('breaks a circle where it closes, so that nobody waits for itself', () => {
    expect(orderOf({ a: ['b'], b: ['c'], c: ['a'] })).toEqual(['c', 'b c', 'a b']);
  });

  it('ignores what does not run here', () => {
    expect(orderOf({ a: ['managed-database'] })).toEqual(['a']);
  });

  it('takes a chain of a hundred thousand', () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `s${index}`);
    const order = startOrder(names, (name) => [`s${Number(name.slice(1)) + 1}`]);
    expect([order.names[0], order.names.at(-1)]).toEqual(['s99999', 's0']);
  });
});
