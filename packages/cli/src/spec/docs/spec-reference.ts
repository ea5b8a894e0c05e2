/** docs/reference/spec.md, from the JSON Schema: one table for each mapping. */
import type { JsonSchema } from '../json-schema.ts';
import { typeForms } from '../values/field.ts';

const generatedNote =
  '<!-- Generated from packages/cli/src/spec/schema.ts: change it there, then run `npm run reference`. -->';

export function specReference(schema: JsonSchema): string {
  const { environments, ...properties } = schema.properties ?? {};
  const top = {
    ...schema,
    properties: { ...properties, environments: { ...environments, additionalProperties: true } },
  };
  return `${[
    '# services.yaml: reference',
    generatedNote,
    'Every key of services.yaml. `NAME` stands for a name that you choose. How it all fits together: [the spec](../spec.md). What can be wrong: [diagnostics](diagnostics.md).',
    ...sections('services.yaml', top, 2, new Set()),
    '## Field types',
    `\`type(arguments)[]? = default\`: \`[]\` makes a list, \`?\` an optional field. Types: ${typeForms.map((form) => `\`${form}\``).join(', ')}, and the name of any entity for a reference to it.`,
  ].join('\n\n')}\n`;
}

/** `shown`: what has a table already; `limits` and `slo` are the same wherever they are. */
function sections(title: string, schema: JsonSchema, level: number, shown: Set<string>): string[] {
  const entries = Object.entries(schema.properties ?? {});
  const keys = JSON.stringify(entries);
  if (entries.length > 0 && shown.has(keys)) return [];
  shown.add(keys);
  const own =
    entries.length === 0
      ? []
      : [
          `${'#'.repeat(level)} ${title}`,
          ...(schema.description === undefined ? [] : [schema.description]),
          table(entries, schema.required ?? []),
        ];
  const inner = entries.flatMap(([key, value]) =>
    sections(
      title === 'services.yaml' ? key : `${title}.${key}`,
      value,
      title === 'services.yaml' ? 2 : 3,
      shown,
    ),
  );
  const named =
    typeof schema.additionalProperties === 'object'
      ? sections(`${title}.NAME`, longForm(schema.additionalProperties), 3, shown)
      : [];
  return [...own, ...inner, ...named];
}

/** Of a union the mapping, which has keys to explain. */
const longForm = (schema: JsonSchema): JsonSchema =>
  schema.anyOf?.find(({ type }) => type === 'object') ?? schema;

function table(entries: readonly (readonly [string, JsonSchema])[], required: readonly string[]): string {
  const rows = entries.map(
    ([key, schema]) =>
      `| \`${key}\`${required.includes(key) ? ' (required)' : ''} | ${cell(valueText(schema))} | ${cell(defaultText(schema))} | ${cell(schema.description ?? '')} |`,
  );
  return ['| key | value | default | |', '|---|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const code = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

function valueText(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.anyOf) return schema.anyOf.map(valueText).join(' or ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => valueText({ type })).join(' or ');
  if (schema.examples && schema.type === 'string') return schema.examples.map(code).join(', ');
  if (schema.type === 'array')
    return `list of ${schema.items?.enum ? valueText(schema.items) : schema.items?.type === 'array' ? 'lists' : 'names'}`;
  if (schema.type === 'object')
    return schema.additionalProperties && !schema.properties ? 'mapping by name' : 'mapping';
  if (schema.type === 'integer' || schema.type === 'number') return range(schema);
  return schema.type === 'boolean' ? '`true`, `false`' : schema.type === 'string' ? 'text' : 'anything';
}

function range({ type, minimum, maximum }: JsonSchema): string {
  const word = type === 'integer' ? 'whole number' : 'number';
  return minimum === undefined || maximum === undefined || maximum > 1e9
    ? word
    : `${word}, ${minimum} to ${maximum}`;
}

function defaultText({ default: value }: JsonSchema): string {
  const empty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return value === undefined || empty ? '' : code(value);
}
