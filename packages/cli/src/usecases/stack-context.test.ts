import { expect, it } from 'vitest';
import type { Stack } from '../model/stack.ts';
import { requireServices } from './stack-context.ts';

const stack = {
  services: [{ name: 'room-service' }],
  components: [{ name: 'redis' }],
} as unknown as Stack;

it('a service is one', () => {
  expect(() => requireServices(stack, ['room-service'])).not.toThrow();
});

it.each(['redis', 'postgres', 'edge'])('%s is said to be a component, and what to do instead', (name) => {
  expect(() => requireServices(stack, [name])).toThrow(
    expect.objectContaining({
      message: `${name} is a component of the stack, and this is for services`,
      next: expect.arrayContaining([expect.stringContaining('hometrip down, then hometrip up')]),
    }),
  );
});

it('a name that is nothing gets the nearest service', () => {
  expect(() => requireServices(stack, ['rom-service'])).toThrow(
    expect.objectContaining({ next: ['did you mean room-service?'] }),
  );
});
