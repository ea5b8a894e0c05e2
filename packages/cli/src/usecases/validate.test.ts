import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { validate } from './validate.ts';

const folder = mkdtempSync(join(tmpdir(), 'hometrip-validate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'services.yaml');
const keep = join(folder, '.hometrip', 'valid.known');
const SPEC = 'name: demo\nversion: 1\nservices:\n  room-service: { port: 4001 }\n';

beforeEach(() => {
  rmSync(join(folder, '.hometrip'), { recursive: true, force: true });
  writeFileSync(file, SPEC);
});

it('says of a text that it knows what it said when it checked it', async () => {
  const first = await validate(file, { keep }, 'code 1');
  expect(first).toMatchObject({ valid: true, summary: { name: 'demo', services: 1 } });
  expect(readFileSync(keep, 'utf8')).toContain('demo');
  expect(await validate(file, { keep }, 'code 1')).toEqual(first);
});

it.each<[string, string, string]>([
  ['wrong', SPEC.replace('4001', 'four'), 'code 1'],
  ['wrong without being longer', SPEC.replace('port', 'prot'), 'code 1'],
  ['checked by other code', SPEC, 'code 2'],
])('does not rest on what it knows when the text is %s', async (_, text, code) => {
  await validate(file, { keep }, 'code 1');
  const before = readFileSync(keep, 'utf8');
  writeFileSync(file, text);
  const found = await validate(file, { keep }, code);
  expect(found).toEqual(await validate(file, {}, undefined));
  if (found.valid) expect(readFileSync(keep, 'utf8')).not.toBe(before);
});

it.each<[string, string, string]>([
  ['is broken', 'templates/blueprints/crud/blueprint.json', '{'],
  ['has no place', 'templates/service/README.hbs', ''],
])('does not rest on what it knows when a template of the project %s', async (_, path, text) => {
  await validate(file, { keep }, 'code 1');
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  const { valid, diagnostics } = await validate(file, { keep }, 'code 1');
  rmSync(join(folder, 'templates'), { recursive: true });
  expect({ valid, files: diagnostics.map((found) => found.file) }).toEqual({ valid: false, files: [path] });
});

it('keeps nothing about a text with findings, nor about the values of variables', async () => {
  writeFileSync(file, SPEC.replace('version: 1', 'version: 1\nevents: { room.made: {} }'));
  expect((await validate(file, { keep }, 'code 1')).diagnostics).not.toEqual([]);
  writeFileSync(file, SPEC);
  await validate(file, { keep, variables: {} }, 'code 1');
  expect(() => readFileSync(keep)).toThrow('ENOENT');
});
