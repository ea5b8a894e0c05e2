import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { width, wrap } from './width.ts';

it.each([
  ['plain', 5],
  ['\u001b[31mred\u001b[39m', 3],
  ['日本', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['👨‍👩‍👧', 2],
])('%j takes %d columns', (text, columns) => expect(width(text)).toBe(columns));

it('letters, punctuation and arrows take what the tables of Unicode say', () => {
  const characters = Array.from({ length: 0x2200 }, (_, code) => String.fromCharCode(code));
  const others = characters.filter((one) => !/\p{Cc}|\p{Cs}/u.test(one) && width(one) !== stringWidth(one));
  expect(others).toEqual([]);
});

it('lines break at spaces, and what follows is indented', () => {
  expect(wrap('one two three four five six', 24, 2)).toBe('one two three four\n  five six');
});

it('a word that is longer than the line stays whole', () => {
  const path = '/a/very/long/path/that/nobody/could/copy/when/it/is/broken';
  expect(wrap(`see ${path} for more`, 30)).toBe(`see\n${path}\nfor more`);
});

it('wide characters count twice', () => {
  expect(wrap('日本語日本語 日本語日本語 日本語', 20)).toBe('日本語日本語\n日本語日本語 日本語');
});

it('paragraphs stay apart and lines keep their margin', () => {
  expect(wrap('one\n\n  two words that are many', 20)).toBe('one\n\n  two words that are\n  many');
});
