import { expect, it } from 'vitest';
import { ownArguments } from './own-arguments.ts';

it('what follows -- belongs to another program', () => {
  expect(ownArguments(['exec', 'a', '--', 'b', '--json'])).toEqual(['exec', 'a']);
  expect(ownArguments(['exec', '--json', 'a'])).toEqual(['exec', '--json', 'a']);
});
