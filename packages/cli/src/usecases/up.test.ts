import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashMigrations } from '../drivers/embedded/migrations.ts';
import { describeOperation } from '../drivers/embedded/plan.ts';
import { projectAt, type Project } from '../platform/project.ts';
import { generate } from './generate.ts';
import { up } from './up.ts';

const SPEC = `name: fixture
version: 1
components: { postgres: {} }
services:
  rooms: { port: 4001, database: postgres, entities: { room: { title: string(80) } } }
`;

let project: Project;
beforeEach(() => {
  project = projectAt(mkdtempSync(join(tmpdir(), 'hometrip-up-')));
  writeFileSync(project.specFile, SPEC);
});
afterEach(() => rmSync(project.root, { recursive: true }));

test('a dry run lists what up does, generation and the migrations that it will write included', async () => {
  const { operations } = await up(
    project,
    { generate: (target) => generate(target, { dryRun: true }) },
    { dryRun: true },
    () => undefined,
    new AbortController().signal,
  );
  expect(operations.map(describeOperation)).toEqual([
    expect.stringMatching(/^generate \d+ files because services.yaml or a template changed$/),
    'start postgres because it is new',
    'create database rooms because it is new',
    'migrate rooms because it is new',
    'start rooms#1 because it is new',
    'start edge because it is not running',
  ]);
});

test('migrations that are to be written count as those that are written', async () => {
  await generate(project);
  writeFileSync(project.specFile, SPEC.replace('string(80) }', 'string(80), floor: int }'));
  const { stack, plan } = await generate(project, { dryRun: true });
  const pending = new Map(plan.writes.map(({ path, content }) => [join(project.output, path), content]));
  const before = await hashMigrations(project.output, stack);
  const expected = await hashMigrations(project.output, stack, pending);
  await generate(project);
  const after = await hashMigrations(project.output, stack);
  expect(after).toEqual(expected);
  expect(after).not.toEqual(before);
});
