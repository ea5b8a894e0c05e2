/** Small pieces of TypeScript text, laid out as our formatter would. */

const width = 110;

/**
 * `open a, b close` on one line when it fits, otherwise one item a line.
 * @param indent Spaces before the line.
 * @param after Text that follows on the same line: `,` or `;`.
 */
export function fit(
  indent: number,
  open: string,
  items: readonly string[],
  close: string,
  after = '',
): string {
  const padding = open.endsWith('{') && items.length > 0 ? ' ' : '';
  const line = `${open}${padding}${items.join(', ')}${padding}${close}${after}`;
  const multiline = items.some((item) => item.includes('\n'));
  if (!multiline && indent + line.length <= width) return line;
  const inner = ' '.repeat(indent + 2);
  return `${open}\n${items.map((item) => `${inner}${item},\n`).join('')}${' '.repeat(indent)}${close}${after}`;
}

/** Names of types start with `type `. */
export function importLine(names: readonly string[], from: string): string {
  const sorted = [...new Set(names)].sort(byName);
  const onlyTypes = sorted.every((name) => name.startsWith('type '));
  return fit(
    0,
    onlyTypes ? 'import type {' : 'import {',
    onlyTypes ? sorted.map((name) => name.slice(5)) : sorted,
    `} from '${from}';`,
  );
}

/** As the formatter sorts names: `type Platform` by its name, upper and lower case together. */
function byName(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => name.replace(/^type /, ''));
  const [lower, other] = [left?.toLowerCase() ?? '', right?.toLowerCase() ?? ''];
  return lower < other ? -1 : lower > other ? 1 : (left ?? '') < (right ?? '') ? -1 : 1;
}

export const indent = (text: string, spaces: number): string =>
  text.replaceAll(/^(?=.)/gm, ' '.repeat(spaces));

/** `a listing`, `an offer`, `a unit`. */
export const withArticle = (noun: string): string =>
  `${/^(?!u(?:ni|s[aeu])|eu|one)[aeiou]|^hour/.test(noun) ? 'an' : 'a'} ${noun}`;
export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** `blockedDate` and `blocked-date` → `blocked date`. */
export const inWords = (name: string): string =>
  name
    .replaceAll('-', ' ')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
