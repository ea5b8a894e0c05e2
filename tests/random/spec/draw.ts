/** Drawing values one after the other, for what depends on what was drawn before. */
import fc, { type GeneratorValue } from 'fast-check';

export class Draw {
  readonly #draw: GeneratorValue;

  constructor(draw: GeneratorValue) {
    this.#draw = draw;
  }

  /** From 0 up to, not including, `count`. */
  below(count: number): number {
    return this.#draw(fc.nat, { max: count - 1 });
  }

  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** Up to `most` of them, each once, in any order. */
  some<T>(values: readonly T[], most = values.length): T[] {
    const left = [...values];
    const count = this.below(Math.min(most, left.length) + 1);
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0] as T);
  }

  maybe<T>(percent: number, make: () => T): T | undefined {
    return this.chance(percent) ? make() : undefined;
  }

  from<T>(arbitrary: fc.Arbitrary<T>): T {
    return this.#draw(() => arbitrary);
  }

  times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}

/** Without the keys that have no value. */
export function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
