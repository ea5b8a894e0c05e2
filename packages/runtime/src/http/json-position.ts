/**
 * Where a text stops being JSON, and what was expected there: V8 tells the place of some mistakes only, and quotes the text.
 * Runs once a text is known to be none; one pass, nothing is backtracked.
 */
export interface JsonMistake {
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** `expected a comma or }` */
  readonly what: string;
}

const LITERAL = /(?:true|false|null)(?![A-Za-z0-9_])/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![A-Za-z0-9_.+-])/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Undefined for what is JSON after all. */
export function jsonMistake(text: string): JsonMistake | undefined {
  /** Of the lists and objects that are open. */
  const closers: ('}' | ']')[] = [];
  let at = 0;
  const mistake = (what: string): JsonMistake => {
    const before = text.slice(0, at);
    const line = before.lastIndexOf('\n') + 1;
    const end = at >= text.length ? `${what}, but the text ends` : what;
    return { line: before.split('\n').length, column: [...before.slice(line)].length + 1, what: end };
  };
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const character = (): string | undefined => {
    skip(SPACE);
    return text[at];
  };
  /** @returns what is wrong with it */
  const string = (): JsonMistake | undefined => {
    at += 1;
    while (text[at] !== '"') {
      if (at >= text.length) return mistake('expected "');
      if (text[at] === '\\') {
        if (!skip(ESCAPE)) return mistake('there is no such escape');
      } else if (text.charCodeAt(at) < 0x20) {
        return mistake('a control character needs an escape');
      } else {
        at += 1;
      }
    }
    at += 1;
    return undefined;
  };
  const key = (): JsonMistake | undefined => {
    if (character() !== '"') return mistake('expected a property name in double quotes');
    const wrong = string();
    if (wrong !== undefined) return wrong;
    if (character() !== ':') return mistake('expected :');
    at += 1;
    return undefined;
  };

  for (;;) {
    const next = character();
    let wrong: JsonMistake | undefined;
    if (next === '{' || next === '[') {
      at += 1;
      const closer = next === '{' ? '}' : ']';
      if (character() !== closer) {
        closers.push(closer);
        wrong = closer === '}' ? key() : undefined;
        if (wrong !== undefined) return wrong;
        continue;
      }
      at += 1;
    } else if (next === '"') {
      wrong = string();
    } else if (!skip(LITERAL) && !skip(NUMBER)) {
      wrong = mistake('expected a value');
    }
    if (wrong !== undefined) return wrong;
    // After a value: what is open may end, or go on.
    for (;;) {
      const closer = closers.at(-1);
      const after = character();
      if (closer === undefined) return after === undefined ? undefined : mistake('expected nothing more');
      if (after === closer) {
        at += 1;
        closers.pop();
        continue;
      }
      if (after !== ',') return mistake(`expected a comma or ${closer}`);
      at += 1;
      wrong = closer === '}' ? key() : undefined;
      break;
    }
    if (wrong !== undefined) return wrong;
  }
}
