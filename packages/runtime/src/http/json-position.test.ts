import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonMistake } from './json-position.ts';

it.each([
  ['', 1, 1, 'expected a value, but the text ends'],
  ['{"a": x}', 1, 7, 'expected a value'],
  ['{"a": 1,}', 1, 9, 'expected a property name in double quotes'],
  ["{'a': 1}", 1, 2, 'expected a property name in double quotes'],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'expected a comma or }'],
  ['{"a" 1}', 1, 6, 'expected :'],
  ['[1, 2', 1, 6, 'expected a comma or ], but the text ends'],
  ['[1, 2}', 1, 6, 'expected a comma or ]'],
  ['{} {}', 1, 4, 'expected nothing more'],
  ['"🏡\\x"', 1, 3, 'there is no such escape'],
  ['"a\nb"', 1, 3, 'a control character needs an escape'],
  ['"open', 1, 6, 'expected ", but the text ends'],
  ['[01]', 1, 2, 'expected a value'],
  ['[NaN]', 1, 2, 'expected a value'],
  ['[1.]', 1, 2, 'expected a value'],
  ['[.5]', 1, 2, 'expected a value'],
  ['nulll', 1, 1, 'expected a value'],
])('%j is wrong at line %i, column %i: %s', (text, line, column, what) => {
  expect(jsonMistake(text)).toEqual({ line, column, what });
});

it('is of one mind with the parser about what is JSON', () => {
  const damaged = fc.tuple(
    fc.json(),
    fc.nat(),
    fc.constantFrom('', ',', '"', '}', ']', '\\', 'x', '0', ' ', '\n', ':'),
  );
  fc.assert(
    fc.property(damaged, ([text, at, piece]) => {
      const place = at % (text.length + 1);
      const broken = text.slice(0, place) + piece + text.slice(place + 1);
      let valid = true;
      try {
        JSON.parse(broken);
      } catch {
        valid = false;
      }
      expect({ broken, mistake: jsonMistake(broken) === undefined }).toEqual({ broken, mistake: valid });
    }),
    { numRuns: 2_000 },
  );
});

it('reads a long broken text once', () => {
  const text = `["${'a'.repeat(500_000)}", ${'['.repeat(500_000)}`;
  expect(jsonMistake(text)?.what).toBe('expected a value, but the text ends');
});
