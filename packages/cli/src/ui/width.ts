/** Columns of a terminal: wide characters take two, combining ones none, and what styles text takes none. */
import { stripVTControlCharacters } from 'node:util';
import { late } from '../platform/late.ts';

/** One column each, next to any other: ASCII, Latin letters, and the dashes, quotes, dots and arrows of our own texts. */
const NARROW = /^[\x20-\x7e\u00c0-\u024f\u2010-\u2015\u2018-\u201f\u2026\u2190-\u2193]*$/;

export function width(text: string): number {
  const plain = text.includes('\u001b') ? stripVTControlCharacters(text) : text;
  if (NARROW.test(plain)) return plain.length;
  // Its tables take as long to load as all the rest of a short command.
  const { default: stringWidth } = late('string-width');
  return stringWidth(plain);
}

/**
 * Breaks lines at spaces, so that none is wider than `columns`. A word is never broken: a path or a command has to be
 * whole to be copied. Every line but the first is indented by `indent` spaces.
 */
export function wrap(text: string, columns: number, indent = 0): string {
  const room = Math.max(20, columns - indent);
  const [first = '', ...others] = text.split('\n').flatMap((line) => wrapLine(line, room));
  return [first, ...others.map((line) => (line === '' ? '' : ' '.repeat(indent) + line))].join('\n');
}

/** Lines of at most `room` columns; those that follow keep the indentation of the first. */
function wrapLine(line: string, room: number): string[] {
  if (width(line) <= room) return [line];
  const margin = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  // Of several spaces all but the last belong to the word before them.
  for (const word of line.trim().split(/ (?=[^ ])/)) {
    const current = lines.at(-1);
    if (current === undefined || width(`${current} ${word}`.trimEnd()) > room) lines.push(margin + word);
    else lines[lines.length - 1] = `${current} ${word}`;
  }
  return lines.map((text) => text.trimEnd());
}
