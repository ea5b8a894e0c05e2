/** The imports of a file of TypeScript, collected where its names are used. */
import { importLine } from './source.ts';

export class Imports {
  readonly #names = new Map<string, Set<string>>();

  /** @returns The name, to be written where it is used. */
  use(name: string, from: string): string {
    const names = this.#names.get(from);
    if (names === undefined) this.#names.set(from, new Set([name]));
    else names.add(name);
    return name;
  }

  /** A name that is used as a type only. */
  type(name: string, from: string): string {
    if (this.#names.get(from)?.has(name) !== true) this.use(`type ${name}`, from);
    return name;
  }

  /** In the order of the formatter: of Node, of packages, of files further away, of files beside. */
  text(): string {
    return [...this.#names]
      .sort(([a], [b]) => distance(a) - distance(b) || (a < b ? -1 : 1))
      .map(([from, names]) =>
        importLine(
          [...names].filter((name) => !names.has(name.slice(5))),
          from,
        ),
      )
      .join('\n');
  }
}

const distance = (from: string): number =>
  from.startsWith('node:') ? 0 : from.startsWith('../') ? 2 : from.startsWith('./') ? 3 : 1;
