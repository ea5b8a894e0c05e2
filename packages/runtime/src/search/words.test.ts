import { expect, it } from 'vitest';
import { allowedEdits, foldedWordsOf, within, wordsOf } from './words.ts';

it.each([
  ['Casa-Verde, nº 3', ['casa', 'verde', 'no', '3']],
  ['BELÉM Bele\u0301m', ['belém', 'belém'], ['belem', 'belem']],
  ['İzmir', ['izmir']],
  ['नमस्ते', ['नमसत']],
  ['한국 \u1112\u1161\u11ab', ['한국', '한'], ['\u1112\u1161\u11ab\u1100\u116e\u11a8', '\u1112\u1161\u11ab']],
  ["don't e-mail", ['don', 't', 'e', 'mail']],
  ['  \u2028 -- ', []],
])('finds the words of %j', (text, words, folded = words) => {
  expect(wordsOf(text)).toEqual(words);
  expect(foldedWordsOf(text)).toEqual(folded);
});

it.each([
  ['ab', 0],
  ['abc', 1],
  ['abcde', 1],
  ['abcdef', 2],
  ['日本語', 1],
] as const)('allows %s %i errors', (word, edits) => {
  expect(allowedEdits(word)).toBe(edits);
});

it.each([
  ['loft', 'loft', 0],
  ['loft', 'lofd', 1],
  ['loft', 'oft', 1],
  ['loft', 'lofts', 1],
  ['loft', 'lotf', 1],
  ['coral', 'cralo', 2],
  ['bungalow', 'bungelaw', 2],
  ['', 'ab', 2],
])('%s and %s are %i edits apart', (left, right, edits) => {
  expect([within(edits, left, right), within(edits - 1, left, right)]).toEqual([true, false]);
});
