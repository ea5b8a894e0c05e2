import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stackOf } from '../drivers/embedded/testing/stack.ts';
import { projectAt } from '../platform/project.ts';
import { filtersFor } from './test.ts';

const project = projectAt(mkdtempSync(join(tmpdir(), 'hometrip-test-')));
const stack = stackOf(
  'services: { rooms: { port: 4001 }, rooms-too: { port: 4002 }, later: { port: 4003 } }',
);
beforeAll(() => {
  for (const path of [
    'rooms/tests/room.services.test.ts',
    'rooms/tests/openapi.test.ts',
    'rooms/src/prices.spec.ts',
    'rooms/node_modules/x/openapi.test.ts',
    'rooms-too/tests/openapi.test.ts',
  ]) {
    const file = join(project.output, 'services', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
  }
});
afterAll(() => rmSync(project.root, { recursive: true }));

it.each<[string[], string[]]>([
  [[], []],
  [['rooms'], ['generated/services/rooms/']],
  [
    ['rooms', 'rooms-too'],
    ['generated/services/rooms/', 'generated/services/rooms-too/'],
  ],
  [['openapi.test'], ['openapi.test']],
  [['rooms', 'openapi.test'], ['generated/services/rooms/tests/openapi.test.ts']],
  [
    ['rooms', 'src/', 'room.'],
    ['generated/services/rooms/src/prices.spec.ts', 'generated/services/rooms/tests/room.services.test.ts'],
  ],
])('hometrip test %s runs %s', (wanted, filters) => {
  expect(filtersFor(project, stack, wanted)).toEqual(filters);
});

it.each([
  ['a service that there is not', ['room'], 'there is no service "room" in this stack'],
  ['a service that is not generated yet', ['later'], 'later is not generated yet'],
  ['tests that there are not', ['rooms', 'nothing.ts'], 'no test of rooms has nothing.ts in its path'],
])('names %s', (_, wanted, message) => {
  expect(() => filtersFor(project, stack, wanted)).toThrow(message);
});
