import { describe, expect, it } from 'vitest';
import { everything } from '../services/everything.fixture.ts';
import { emptyContext, stackOf } from '../services/stack.fixture.ts';
import { renderClient } from './index.ts';
import { typeText } from '../openapi/json-type.ts';

describe('typeText', () => {
  it.each([
    [{ type: 'integer' }, 'number'],
    [{ enum: ['a', 'b'] }, "'a' | 'b'"],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string | null'],
    [{ type: ['string', 'null'] }, 'string | null'],
    [{ type: 'array', items: { enum: ['a', 'b'] } }, "readonly ('a' | 'b')[]"],
    [{ type: 'array', items: { $ref: '#/components/schemas/Tag' } }, 'readonly Tag[]'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'Readonly<Record<string, number>>'],
    [
      { type: 'object', properties: { a: { type: 'string' }, 'b-c': {} }, required: ['a'] },
      "{\n  readonly a: string;\n  readonly 'b-c'?: unknown | undefined;\n}",
    ],
  ])('%j → %s', (schema, text) => expect(typeText(schema)).toBe(text));
});

it('has a function for each operation of an entity, and one that walks through all pages', () => {
  const file = renderClient(stackOf(everything), emptyContext).find(({ path }) =>
    path.endsWith('src/story-service.ts'),
  );
  expect(
    file?.content
      .match(/^ {2}\w+(?=: )/gm)
      ?.slice(-6)
      .map((name) => name.trim()),
  ).toEqual(['list', 'all', 'create', 'get', 'update', 'delete']);
});
