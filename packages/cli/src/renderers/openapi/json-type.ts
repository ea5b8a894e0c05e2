/** JSON Schema → TypeScript types, for the parts of it that our documents have. */
import { propertyName, quote } from '../services/schema/chain.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a schema of the document's components is called in TypeScript; undefined for one that has no name there. */
export type TypeNames = (component: string) => string | undefined;

const asTheyAre: TypeNames = (component) => component;

/** The type as text; objects over several lines, `indent` spaces deep. */
export function typeText(schema: JsonSchema | undefined, indent = 0, nameOf = asTheyAre): string {
  if (typeof schema !== 'object' || schema === null) return 'unknown';
  const reference = componentOf(schema);
  if (reference !== undefined) return nameOf(reference) ?? 'unknown';
  if ('$ref' in schema) return 'unknown';
  if ('const' in schema) return constant(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map(constant).join(' | ');
  for (const key of ['anyOf', 'oneOf'] as const) {
    const parts = schema[key];
    if (Array.isArray(parts))
      return [...new Set((parts as JsonSchema[]).map((part) => typeText(part, indent, nameOf)))].join(' | ');
  }
  if (Array.isArray(schema['allOf']))
    return [
      ...new Set((schema['allOf'] as JsonSchema[]).map((part) => grouped(typeText(part, indent, nameOf)))),
    ].join(' & ');
  const { type } = schema;
  if (Array.isArray(type))
    return type.map((one) => typeText({ ...schema, type: one }, indent, nameOf)).join(' | ');
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return arrayText(schema, indent, nameOf);
    case 'object':
      return objectText(schema, indent, nameOf);
    default:
      return 'unknown';
  }
}

/** `Booking` of `{ $ref: '#/components/schemas/Booking' }`. */
export function componentOf(schema: JsonSchema | undefined): string | undefined {
  const reference = schema?.['$ref'];
  const prefix = '#/components/schemas/';
  return typeof reference === 'string' && reference.startsWith(prefix)
    ? reference.slice(prefix.length)
    : undefined;
}

const constant = (value: unknown): string =>
  typeof value === 'string' ? quote(value) : JSON.stringify(value);

/** In parentheses where it is several types. */
const grouped = (type: string): string =>
  / [|&] /.test(type.replaceAll(/<.*>|\{.*\}|'(?:[^'\\]|\\.)*'/gs, '')) ? `(${type})` : type;

function arrayText({ items, prefixItems }: JsonSchema, indent: number, nameOf: TypeNames): string {
  const item = typeText(items as JsonSchema | undefined, indent, nameOf);
  if (!Array.isArray(prefixItems)) return `readonly ${grouped(item)}[]`;
  const parts = (prefixItems as JsonSchema[]).map((part) => typeText(part, indent, nameOf));
  // A tuple without `items` says nothing of what follows; those of zod end there.
  const rest = typeof items === 'object' && items !== null ? [`...${grouped(item)}[]`] : [];
  return `readonly [${[...parts, ...rest].join(', ')}]`;
}

function objectText(schema: JsonSchema, indent: number, nameOf: TypeNames): string {
  const lines = propertyLines(schema, indent + 2, nameOf);
  if (lines.length > 0) return `{\n${lines.join('\n')}\n${' '.repeat(indent)}}`;
  const { additionalProperties: rest } = schema;
  return typeof rest === 'object' && rest !== null
    ? `Readonly<Record<string, ${typeText(rest as JsonSchema, indent, nameOf)}>>`
    : 'Readonly<Record<string, unknown>>';
}

/** `readonly title: string;`, with optional ones as exactOptionalPropertyTypes wants them. */
export function propertyLines(schema: JsonSchema, indent: number, nameOf = asTheyAre): string[] {
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  const padding = ' '.repeat(indent);
  return Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).flatMap(
    ([name, property]) => {
      const optional = !required.includes(name);
      const { description } = property;
      return [
        ...(typeof description === 'string' ? [`${padding}${docComment(description)}`] : []),
        propertyLine(
          `${padding}readonly ${propertyName(name)}${optional ? '?' : ''}:`,
          `${typeText(property, indent, nameOf)}${optional ? ' | undefined' : ''}`,
        ),
      ];
    },
  );
}

/** One line, whatever people write. */
export const docComment = (text: string): string =>
  `/** ${text.replaceAll(/\s+/g, ' ').trim().replaceAll('*/', '*\\/')} */`;

/** Long unions stand one part a line. */
function propertyLine(head: string, type: string): string {
  const line = `${head} ${type};`;
  if (line.length <= 110 || !/^[^{(<]* \| /.test(type)) return line;
  const padding = ' '.repeat(head.length - head.trimStart().length + 2);
  return `${head}\n${type
    .split(' | ')
    .map((part) => `${padding}| ${part}`)
    .join('\n')};`;
}
