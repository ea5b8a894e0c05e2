import { expect, it } from 'vitest';
import type { Stack } from '../model/stack.ts';
import { requireServices } from './stack-context.ts';

const stack = {
  services: [{ name: 'room-service' }],
  components: [{ name: 'redis' }, { name: 'search', external: 'https://search.example.com' }],
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

it('a server elsewhere is not for us to restart', () => {
  expect(() => requireServices(stack, ['search'])).toThrow(
    expect.objectContaining({
      message: 'search runs elsewhere, and this is for services',
      next: expect.arrayContaining([expect.stringContaining('components.search.external in services.yaml')]),
    }),
  );
});

it('a name that is nothing gets the nearest service', () => {
  expect(() => requireServices(stack, ['rom-service'])).toThrow(
    expect.objectContaining({ next: ['did you mean room-service?'] }),
  );
});
