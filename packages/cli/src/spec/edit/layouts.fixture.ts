/** Random mappings written in random layouts: blocks and braces, comments, quotes, anchors, line endings. */
import fc from 'fast-check';
import type { Json } from './render.ts';

export type Tree = { readonly [key: string]: Tree | readonly string[] | string | number };

const key = fc.constantFrom('port', 'a-service', 'order.placed', 'entities', 'uses', '$access', 'name', 'x');
const text = fc.constantFrom(
  'string(20)',
  'uuid[]',
  'a, b',
  '# no',
  '- x',
  'true',
  'it’s',
  '',
  'a: b',
  '{',
  "don't",
  '1.30',
);

const tree = (depth: number): fc.Arbitrary<Tree> =>
  fc.dictionary(
    key,
    fc.oneof(
      text,
      fc.integer({ min: 1, max: 65_535 }),
      fc.array(text, { maxLength: 3 }),
      ...(depth === 0 ? [] : [tree(depth - 1), tree(depth - 1)]),
    ),
    { maxKeys: 4 },
  );

/** What decides about the layout, one number at a time. */
type Dice = (sides: number) => number;

export const documents: fc.Arbitrary<{ readonly data: Tree; readonly text: string }> = fc
  .record({
    data: fc
      .tuple(fc.dictionary(key, tree(1), { minKeys: 1, maxKeys: 3 }), tree(2))
      .map(([first, more]): Tree => ({ name: 'shop', ...more, ...first })),
    rolls: fc.array(fc.nat(1000), { minLength: 40, maxLength: 120 }),
    step: fc.constantFrom(1, 2, 3, 4),
    newline: fc.constantFrom('\n', '\r\n'),
    end: fc.constantFrom('', '\n', '\n\n', '\n# the end', '\n  \n# the end\n'),
    bom: fc.boolean(),
  })
  .map(({ data, rolls, step, newline, end }) => {
    let at = 0;
    const dice: Dice = (sides) => (rolls[at++ % rolls.length] ?? 0) % sides;
    const lines = new Writer(dice, step).document(data);
    return { data, text: (lines.join('\n') + end).replaceAll('\n', newline) };
  });

class Writer {
  readonly #dice: Dice;
  readonly #step: number;
  #anchors = 0;

  constructor(dice: Dice, step: number) {
    this.#dice = dice;
    this.#step = step;
  }

  document(data: Tree): string[] {
    if (this.#dice(8) === 0) return [...this.#comments(''), ...this.#flow(data, '').split('\n')];
    return [...this.#comments(''), ...this.#block(data, '')];
  }

  #block(data: Tree, indent: string): string[] {
    const spaced = this.#dice(3) === 0;
    return Object.entries(data).flatMap(([name, value], index) => [
      ...(spaced && index > 0 ? [this.#dice(2) === 0 ? '' : '   '] : []),
      ...this.#comments(indent),
      ...this.#pair(name, value, indent),
      ...this.#comments(`${indent} `),
    ]);
  }

  #pair(name: string, value: Json, indent: string): string[] {
    const inner = indent + ' '.repeat(this.#step);
    const head = `${indent}${this.#key(name)}:${' '.repeat(this.#dice(2))}`;
    const anchor = this.#dice(6) === 0 ? ` &a${this.#anchors++}` : '';
    if (typeof value !== 'object' || value === null)
      return [`${head}${anchor} ${this.#scalar(value, false)}${this.#comment()}`];
    const empty = Object.keys(value).length === 0;
    if (empty || this.#dice(3) === 0) {
      const flow = this.#flow(value, inner).split('\n');
      return [`${head}${anchor} ${flow[0]}`, ...flow.slice(1)].map((line, index, all) =>
        index === all.length - 1 ? line + this.#comment() : line,
      );
    }
    const lines = Array.isArray(value)
      ? value.flatMap((item: Json) => [
          `${inner}- ${this.#scalar(item as string, false)}${this.#comment()}`,
          ...this.#comments(`${inner} `),
        ])
      : this.#block(value as Tree, inner);
    return [`${head}${anchor}${this.#comment()}`, ...lines];
  }

  /** On one line or on several. */
  #flow(value: Json, indent: string): string {
    if (typeof value !== 'object' || value === null) return this.#scalar(value, true);
    const list = Array.isArray(value);
    const several = this.#dice(3) === 0;
    const inner = `${indent}  `;
    const items = list
      ? value.map((item) => this.#flow(item, inner))
      : Object.entries(value).map(([name, one]) => `${this.#key(name)}: ${this.#flow(one, inner)}`);
    const [open, close] = list ? ['[', ']'] : ['{', '}'];
    const trailing = items.length > 0 && this.#dice(3) === 0 ? ',' : '';
    if (!several) {
      const pad = this.#dice(2) === 0 ? ' ' : '';
      return `${open}${pad}${items.join(', ')}${trailing}${pad}${close}`;
    }
    const lines = items.map((item, index) => {
      const comma = index < items.length - 1 ? ',' : trailing;
      return `${inner}${item}${comma}${this.#comment()}`;
    });
    return [`${open}${this.#comment()}`, ...lines, `${indent}${close}`].join('\n');
  }

  #key(name: string): string {
    return ['$access', 'order.placed', 'x'].includes(name) && this.#dice(3) === 0 ? `"${name}"` : name;
  }

  #scalar(value: string | number | boolean | null, flow: boolean): string {
    if (typeof value !== 'string') return String(value);
    const plain = /^[a-z][a-z0-9()[\]]*$/.test(value) && value !== 'true' && !(flow && /[[\]]/.test(value));
    if (plain && this.#dice(3) > 0) return value;
    return this.#dice(2) === 0 ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
  }

  #comment(): string {
    return this.#dice(4) === 0 ? ' # a: { b' : '';
  }

  #comments(indent: string): string[] {
    return this.#dice(5) === 0 ? [`${indent}# - about: [`] : [];
  }
}
