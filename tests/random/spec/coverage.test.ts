/** The random specs say everything that the language can say: whoever adds a key is told to draw it too. */
import { expect, it } from 'vitest';
import { componentKinds } from '../../../packages/cli/src/components/index.ts';
import { stockBlueprints } from '../../../packages/cli/src/spec/blueprints/load.ts';
import { type JsonSchema, specJsonSchema } from '../../../packages/cli/src/spec/json-schema.ts';
import { sampleSpecs } from './spec.ts';

const schema = specJsonSchema(componentKinds, stockBlueprints().all);

/** `services.*.balance`, `services.*.balance = ip_hash`; a name that the user chooses is a star. */
function* sayable(part: JsonSchema, path: string): Generator<string> {
  for (const value of part.enum ?? []) if (value !== null) yield `${path} = ${String(value)}`;
  for (const choice of part.anyOf ?? []) yield* sayable(choice, path);
  if (part.items !== undefined) yield* sayable(part.items, path);
  const rest = part.additionalProperties;
  // An overlay says the same things again: its first keys will do.
  if (/^\.environments\.\*\.\w+$/.test(path)) return;
  if (typeof rest === 'object') yield* sayable(rest, `${path}.*`);
  for (const [key, property] of Object.entries(part.properties ?? {})) {
    yield `${path}.${key}`;
    yield* sayable(property, `${path}.${key}`);
  }
}

function* said(part: JsonSchema, value: unknown, path: string): Generator<string> {
  if (part.enum?.includes(value as never) === true) yield `${path} = ${String(value)}`;
  for (const choice of part.anyOf ?? []) yield* said(choice, value, path);
  if (Array.isArray(value)) {
    for (const item of value) if (part.items !== undefined) yield* said(part.items, item, path);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    const property = part.properties?.[key];
    if (property !== undefined) {
      yield `${path}.${key}`;
      yield* said(property, item, `${path}.${key}`);
    } else if (typeof part.additionalProperties === 'object') {
      yield* said(part.additionalProperties, item, `${path}.*`);
    }
  }
}

it('each key of services.yaml and each of its choices is drawn', () => {
  const drawn = new Set(sampleSpecs(1, 400).flatMap((spec) => [...said(schema, spec, '')]));
  const missing = [...new Set(sayable(schema, ''))].filter((what) => !drawn.has(what));
  expect(missing).toEqual([]);
});
