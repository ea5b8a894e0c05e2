import { expect, it } from 'vitest';
import { contracts } from '../../../../templates/blueprints/auth/src/events.ts';
import { stockBlueprints } from '../spec/blueprints/load.ts';
import { needsOf } from './blueprints.ts';

const { all } = stockBlueprints();
const blueprintById = (id: string) => all.find((blueprint) => blueprint.id === id);

it('every folder of templates/blueprints says what it is', () => {
  expect(all.map(({ id }) => id)).toEqual(['api-gateway', 'auth', 'crud', 'websocket-gateway']);
});

it('what code cannot do without is told from what it can share or not', () => {
  expect(needsOf(blueprintById('auth'))).toEqual(['events']);
  expect(needsOf(blueprintById('websocket-gateway'))).toEqual(['events', 'pubsub']);
  expect(needsOf(blueprintById('api-gateway'))).toEqual([]);
});

it('auth publishes what its code publishes', () => {
  const published = blueprintById('auth')?.publishes ?? {};
  expect(Object.entries(published).map(([event, fields]) => [event, Object.keys(fields)])).toEqual(
    Object.entries(contracts).map(([event, { shape }]) => [event, Object.keys(shape)]),
  );
});
