import { describe, expect, it } from 'vitest';
import { stockBlueprints } from './blueprints/load.ts';
import { codes } from './codes.ts';
import { findingsOf } from './testing/findings.ts';
import { wrongSpecs } from './testing/wrong-specs.ts';

/** Their input is bytes, or too long to read (hostile.test.ts), or files beside services.yaml (blueprints/load.test.ts). */
const shownElsewhere = ['HT0102', 'HT0103', 'HT0380', 'HT0381', 'HT0384'];

it('a blueprint that cannot be replicated has one instance', () => {
  const stock = stockBlueprints();
  const alone = {
    ...stock,
    all: stock.all.map((blueprint) =>
      blueprint.id === 'crud' ? { ...blueprint, replicable: false as const } : blueprint,
    ),
  };
  const text = `name: demo
version: 1
services:
  a-service: { port: 4001, replicas: 2 }
  b-service: { port: 4002, autoscale: { max: 3 } }
`;
  expect(
    findingsOf(text, { blueprints: alone }),
  ).toBe(`services.yaml:4:38  HT0309  a-service has several replicas, which the blueprint crud cannot have
    3 | services:
    4 |   a-service: { port: 4001, replicas: 2 }
      |                                      ^ at most 1

services.yaml:5:46  HT0309  b-service has several replicas, which the blueprint crud cannot have
    4 |   a-service: { port: 4001, replicas: 2 }
    5 |   b-service: { port: 4002, autoscale: { max: 3 } }
      |                                              ^ at most 1`);
});

describe('a wrong spec gets the findings of wrong-specs.md, word for word', () => {
  it.each(wrongSpecs())('$code: $title', ({ code, yaml, environment, output }) => {
    expect(findingsOf(yaml, { environment, variables: {} })).toBe(output);
    expect(output).toContain(`  ${code}  `);
  });

  it('has a case for every code', () => {
    const shown = new Set([...wrongSpecs().map(({ code }) => code), ...shownElsewhere]);
    expect(Object.keys(codes).filter((code) => !shown.has(code))).toEqual([]);
  });
});
