/** JSON Schema → TypeScript types, for the parts of it that our documents have. */
import { propertyName, quote } from '../services/schema/chain.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The type as text; objects over several lines, `indent` spaces deep. */
export function typeText(schema: JsonSchema | undefined, indent = 0): string {
  if (schema === undefined) return 'unknown';
  const reference = schema['$ref'];
  if (typeof reference === 'string')
    return reference.startsWith('#/components/schemas/')
      ? reference.slice('#/components/schemas/'.length)
      : 'unknown';
  if ('const' in schema) return constant(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map(constant).join(' | ');
  for (const [key, separator] of [
    ['anyOf', ' | '],
    ['oneOf', ' | '],
    ['allOf', ' & '],
  ] as const) {
    const parts = schema[key];
    if (Array.isArray(parts))
      return [...new Set((parts as JsonSchema[]).map((part) => typeText(part, indent)))].join(separator);
  }
  const { type } = schema;
  if (Array.isArray(type)) return type.map((one) => typeText({ ...schema, type: one }, indent)).join(' | ');
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array': {
      const item = typeText(schema['items'] as JsonSchema | undefined, indent);
      return / [|&] /.test(item.replaceAll(/<.*>|\{.*\}/gs, ''))
        ? `readonly (${item})[]`
        : `readonly ${item}[]`;
    }
    case 'object':
      return objectText(schema, indent);
    default:
      return 'unknown';
  }
}

const constant = (value: unknown): string =>
  typeof value === 'string' ? quote(value) : JSON.stringify(value);

function objectText(schema: JsonSchema, indent: number): string {
  const lines = propertyLines(schema, indent + 2);
  if (lines.length > 0) return `{\n${lines.join('\n')}\n${' '.repeat(indent)}}`;
  const { additionalProperties: rest } = schema;
  return typeof rest === 'object' && rest !== null
    ? `Readonly<Record<string, ${typeText(rest as JsonSchema, indent)}>>`
    : 'Readonly<Record<string, unknown>>';
}

/** `readonly title: string;`, with optional ones as exactOptionalPropertyTypes wants them. */
export function propertyLines(schema: JsonSchema, indent: number): string[] {
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  const padding = ' '.repeat(indent);
  return Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).flatMap(
    ([name, property]) => {
      const optional = !required.includes(name);
      const { description } = property;
      return [
        ...(typeof description === 'string' ? [`${padding}/** ${description} */`] : []),
        propertyLine(
          `${padding}readonly ${propertyName(name)}${optional ? '?' : ''}:`,
          `${typeText(property, indent)}${optional ? ' | undefined' : ''}`,
        ),
      ];
    },
  );
}

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
