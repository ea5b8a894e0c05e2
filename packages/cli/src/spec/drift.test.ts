/** What is generated from the code of the spec, and committed. `npm run reference` writes it anew. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { componentKinds } from '../components/index.ts';
import { stockBlueprints } from './blueprints/load.ts';
import { diagnosticsReference } from './docs/diagnostics-reference.ts';
import { specReference } from './docs/spec-reference.ts';
import { specJsonSchema } from './json-schema.ts';
import { wrongSpecs } from './testing/wrong-specs.ts';

const path = (relative: string): string => fileURLToPath(new URL(`../../../../${relative}`, import.meta.url));

describe('generated from the spec, and the same as what is committed (npm run reference writes it)', () => {
  it('the JSON Schema that editors use', async () => {
    await expect(
      `${JSON.stringify(specJsonSchema(componentKinds, stockBlueprints().all), null, 2)}\n`,
    ).toMatchFileSnapshot(path('packages/cli/schema/services.schema.json'));
  });

  it('the reference of services.yaml', async () => {
    await expect(specReference(specJsonSchema(componentKinds, stockBlueprints().all))).toMatchFileSnapshot(
      path('docs/reference/spec.md'),
    );
  });

  it('the reference of diagnostics', async () => {
    await expect(diagnosticsReference(wrongSpecs())).toMatchFileSnapshot(
      path('docs/reference/diagnostics.md'),
    );
  });

  it('services.yaml names the schema that is there', () => {
    expect(readFileSync(path('services.yaml'), 'utf8').split('\n')[0]).toBe(
      '# yaml-language-server: $schema=./packages/cli/schema/services.schema.json',
    );
  });
});
