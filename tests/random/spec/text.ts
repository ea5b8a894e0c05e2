/** Texts that mean something to the places where they will end: comments, templates, tables, shells, YAML. */
import type { Draw } from './draw.ts';

const pieces = [
  'plain words',
  "it's",
  '"quoted"',
  '`ticks`',
  '${HOME}',
  '$HOME',
  '{{name}}',
  '{% raw %}',
  '*/',
  '/*',
  '//',
  '<!--',
  '-->',
  '|',
  '#',
  '<b>',
  '&amp;',
  '\\',
  '\\n',
  '%s',
  '%',
  'Ünïcödé',
  '日本語',
  '🙂',
  '- item',
  'key: value',
  "'",
  ';',
  '--',
  '$$',
  '!',
  '@',
  '&anchor',
  '*alias',
  'null',
  'yes',
  '1e3',
  '0755',
  '~',
  '?',
  ',',
  '[',
  ']',
  '{',
  '}',
  'x'.repeat(90),
];

/** One line of up to 400 characters. */
export const oneLine = (draw: Draw): string =>
  draw
    .times(draw.between(1, 6), () => draw.of(pieces))
    .join(draw.of([' ', '', ' ']))
    .trim()
    .slice(0, 400) || 'x';
