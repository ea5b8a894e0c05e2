import { expect, test } from 'vitest';
import { stackOf } from '../testing/stack.ts';
import { stopWaves } from './supervisor.ts';

test('callers stop before what they call, the edge and the gateways before everything', () => {
  const stack = stackOf(`gateways:
  front: { blueprint: api-gateway, port: 3001, public: true }
services:
  rooms: { port: 4001 }
  guests: { port: 4002, calls: [rooms] }
  wishes: { port: 4003, calls: [guests] }
`);
  expect(stopWaves(stack, ['rooms', 'guests', 'wishes', 'front', 'edge'])).toEqual([
    ['edge'],
    ['front'],
    ['wishes'],
    ['guests'],
    ['rooms'],
  ]);
});

test('what no stack knows any more stops as well', () => {
  expect(stopWaves(undefined, ['rooms', 'edge'])).toEqual([['edge'], ['rooms']]);
});
