/** New entries of services.yaml as text, in the layout of what is around them. */
import { stringify } from 'yaml';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Layout {
  /** Columns of one level. */
  readonly step: number;
  /** `{ a: 1 }` rather than `{a: 1}`. */
  readonly padding: boolean;
}

/** What is longer than this on one line is written as a block. */
const widest = 110;

/**
 * The lines of `key: value`, indented from there on. `levels`: how many levels of mappings are blocks; the others are
 * `{ … }` while they fit. `room`: columns that stand before the lines.
 */
export function blockPair(key: string, value: Json, levels: number, room: number, layout: Layout): string[] {
  if (isMapping(value) && Object.keys(value).length > 0) {
    const line = `${flowScalar(key)}: ${flowValue(value, layout)}`;
    if (levels > 0 || room + line.length > widest)
      return [
        `${blockScalar(key)}:`,
        ...Object.entries(value)
          .flatMap(([name, inner]) => blockPair(name, inner, levels - 1, room + layout.step, layout))
          .map((inner) => ' '.repeat(layout.step) + inner),
      ];
  }
  return [`${blockScalar(key)}: ${blockValue(value, layout)}`];
}

/** `key: value`, as it stands between the braces of a mapping. */
export const flowPair = (key: string, value: Json, layout: Layout): string =>
  `${flowScalar(key)}: ${flowValue(value, layout)}`;

/** A value on one line, wherever it stands. */
export function flowValue(value: Json, layout: Layout): string {
  if (isList(value)) return `[${value.map((item) => flowValue(item, layout)).join(', ')}]`;
  if (!isMapping(value)) return flowScalar(value);
  const pairs = Object.entries(value).map(([key, inner]) => flowPair(key, inner, layout));
  const padding = layout.padding && pairs.length > 0 ? ' ' : '';
  return `{${padding}${pairs.join(', ')}${padding}}`;
}

/** Outside of braces and brackets fewer characters need quotes. */
export const blockValue = (value: Json, layout: Layout): string =>
  isList(value) || isMapping(value) ? flowValue(value, layout) : blockScalar(value);

type Scalar = string | number | boolean | null;

const options = { version: '1.2', lineWidth: 0, blockQuote: false, flowCollectionPadding: false } as const;
const flowScalar = (value: Scalar): string =>
  stringify([value], { ...options, collectionStyle: 'flow' })
    .trimEnd()
    .slice(1, -1);
const blockScalar = (value: Scalar): string => stringify({ k: value }, options).trimEnd().slice('k: '.length);

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isMapping = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !isList(value);
