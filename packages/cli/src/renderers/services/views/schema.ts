import type { Field } from '../../../model/stack.ts';
import type { EntityModel } from '../entity.ts';
import { type Chain, chainText, literal, rootsOf } from '../schema/chain.ts';
import { createDefault, fieldSchema } from '../schema/field-schema.ts';
import { fit, importLine } from '../source.ts';

/** View of templates/service/src/entity/schema.ts.hbs. */
export function schemaView(model: EntityModel): object {
  const { input, owner, readOnly, ownerInBody, sortable, filters, pascal } = model;
  const defaults = input.flatMap((field) => {
    const fallback = createDefault(field);
    return fallback === undefined ? [] : [property(field.name, chainText(fallback, `input.${field.name}`))];
  });
  const hasInput = input.length > 0;
  return {
    pascal,
    noun: model.noun,
    nouns: model.nouns,
    imports: importLine(
      [
        'entity',
        'filtersOf',
        ...(hasInput ? ['patchOf'] : []),
        'z',
        ...[owner ?? [], input, readOnly].flat().flatMap((field) => rootsOf(fieldSchema(field))),
      ],
      '@hometrip/runtime',
    ),
    input: block(
      'const input = {',
      input.map((field) => fieldLine(field, fieldSchema(field))),
      '};',
    ),
    entity: block(
      `export const ${pascal} = entity('${pascal}', {`,
      [
        ...(owner === undefined ? [] : [fieldLine(owner, fieldSchema(owner))]),
        ...(hasInput ? ['...input,'] : []),
        ...readOnly.map((field) => fieldLine(field, fieldSchema(field))),
      ],
      '});',
    ),
    hasInput,
    create: createText(pascal, [
      ...(ownerInBody && owner !== undefined ? [fieldLine(owner, fieldSchema(owner)).slice(0, -1)] : []),
      ...(hasInput ? ['...input'] : []),
      ...defaults,
    ]),
    filters: fit(
      0,
      `export const ${pascal}Filters = filtersOf(${pascal}, [`,
      filters.map(({ name }) => literal(name)),
      '])',
      ';',
    ),
    orders: fit(0, `export const ${model.sortKeys} = [`, sortable.map(literal), ']', ' as const;'),
  };
}

/** One line for each item, as the formatter leaves object literals whose first key is on a line of its own. */
const block = (open: string, lines: readonly string[], close: string): string =>
  lines.length === 0 ? `${open}${close}` : `${open}\n${lines.map((line) => `  ${line}\n`).join('')}${close}`;

function createText(pascal: string, items: readonly string[]): string {
  const object = items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
  const line = `export const Create${pascal} = z.strictObject(${object}).meta({ id: 'Create${pascal}' });`;
  if (line.length <= 110) return line;
  return [
    `export const Create${pascal} = z`,
    `  .strictObject(${fit(2, '{', items, '}', ')')}`,
    `  .meta({ id: 'Create${pascal}' });`,
  ].join('\n');
}

const property = (name: string, text: string): string => `${name}: ${text}`;

/** `title: z.string().min(1).max(120),` */
function fieldLine(field: Field, chain: Chain): string {
  const text = property(field.name, chainText(chain));
  const values = field.type.kind === 'enum' ? field.type.values : undefined;
  // The formatter breaks chains of three calls or more, one of them with more than a plain value.
  if (
    chain.length > 2 &&
    chain.some(({ args }) => args.some((argument) => 'pattern' in argument || 'options' in argument))
  ) {
    return `${field.name}: z${chain.map((call) => `\n    ${chainText([call], '')}`).join('')},`;
  }
  if (text.length <= 107 || values === undefined) return `${text},`;
  // Only long enumerations do not fit.
  const list = literal(values);
  const [before = '', after = ''] = text.split(list);
  return `${before}[\n${values.map((item) => `    ${literal(item)},\n`).join('')}  ]${after},`;
}
