/** Three-way merge of JSON objects by key, for package.json and its like. */
import type { ThreeTexts } from './three-texts.ts';
import { mergeSequence } from './sequence.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = { readonly [key: string]: Json };

/** A change that both sides made differently: only line markers can show it. */
class Disagreement extends Error {}

/** The merged text, or undefined when unsure: not plain JSON, or both sides changed one value differently. */
export function mergeJson(texts: ThreeTexts): string | undefined {
  const [base, mine, theirs] = [parse(texts.base), parse(texts.mine), parse(texts.theirs)];
  if (!isObject(base) || !isObject(mine) || !isObject(theirs)) return undefined;
  try {
    const merged = JSON.stringify(mergeValue(base, mine, theirs), null, indentOf(texts.mine));
    return texts.mine.endsWith('\n') ? `${merged}\n` : merged;
  } catch (error) {
    if (error instanceof Disagreement) return undefined;
    throw error;
  }
}

/** Undefined when parsing would lose something: comments, duplicate keys, numbers beyond double precision. */
function parse(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    const squeezed = text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
    return JSON.stringify(value) === squeezed ? value : undefined;
  } catch {
    return undefined;
  }
}

function mergeValue(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
): Json | undefined {
  if (same(mine, base)) return theirs;
  if (same(theirs, base) || same(mine, theirs)) return mine;
  if (isObject(mine) && isObject(theirs) && (base === undefined || isObject(base)))
    return mergeObject(base ?? {}, mine, theirs);
  if (Array.isArray(mine) && Array.isArray(theirs) && (base === undefined || Array.isArray(base))) {
    const merged = mergeSequence(keys(base ?? []), keys(mine), keys(theirs));
    if (merged !== undefined) return merged.map((key) => JSON.parse(key) as Json);
  }
  throw new Disagreement();
}

function mergeObject(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  const order = Object.keys(mine);
  // A new key goes behind the key that it follows in the rendering, or keeps the alphabet if the user's keys do.
  const sorted = isSorted(order) && isSorted(Object.keys(theirs));
  Object.keys(theirs).forEach((key, index, all) => {
    if (!order.includes(key)) order.splice(order.indexOf(all[index - 1] ?? '') + 1, 0, key);
  });
  if (sorted) order.sort();
  return Object.fromEntries(
    order.flatMap((key): [string, Json][] => {
      const value = mergeValue(own(base, key), own(mine, key), own(theirs, key));
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function keys(list: readonly Json[]): string[] {
  return list.map((element) => JSON.stringify(element));
}

function isSorted(names: readonly string[]): boolean {
  return names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
}

function indentOf(text: string): string | number {
  return /^\{\r?\n([ \t]+)"/.exec(text)?.[1] ?? 2;
}
