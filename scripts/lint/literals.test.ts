import { describe, expect, it } from 'vitest';
import { namedLiterals } from './literals.mjs';

const names = { capabilities: ['cache', 'database', 'events', 'mail'], components: ['postgres', 'nginx'] };
const findings = (path: string, source: string) => namedLiterals(path, source, names);

describe('a name of a component', () => {
  it.each([
    ['renderers/compose/index.ts', "const edge = stack.components.find(({ kind }) => kind === 'nginx');"],
    ['drivers/embedded/plan.ts', 'const kinds = { postgres: 1 };'],
    ['spec/rules/ports.ts', 'if (kind === `postgres`) report();'],
    ['model/resolve.ts', "const port = { 'nginx': 80 };"],
    ['ui/status.ts', "const edge = name === 'nginx';"],
    ['usecases/up.ts', "import x from 'y';\nconst all = ['postgres'];"],
  ])('is found in %s: %s', (path, source) => {
    expect(findings(path, source)).toEqual([expect.stringContaining('names the component')]);
  });

  it.each([
    ['components/nginx/index.ts', "kind: 'nginx'"],
    ['drivers/embedded/postgres/running.ts', "const url = (database = 'postgres') => database;"],
    ['renderers/compose/index.ts', '// as nginx does it\nconst text = "how nginx counts";'],
    ['renderers/compose/index.ts', "import type { A } from '../../model/nginx.ts';"],
  ])('is left alone in %s: %s', (path, source) => {
    expect(findings(path, source)).toEqual([]);
  });
});

describe('a name of a capability', () => {
  it.each([
    ['drivers/embedded/environment.ts', "if (binding.capability === 'mail') return;"],
    ['model/blueprints.ts', "const optional: readonly Capability[] = ['cache'];"],
    ['ui/status.ts', 'const words = { cache: 1, events: 2, mail: 3 };'],
  ])('is found in %s: %s', (path, source) => {
    expect(findings(path, source)).toEqual([expect.stringMatching(/^\S+:1: names .*capabilit/)]);
  });

  it.each([
    ['model/capabilities.ts', "const row = { prefix: 'mail' };"],
    ['components/smtp/index.ts', "const capabilities = ['mail'];"],
    ['spec/rules/events.ts', "const path = ['events', event];"],
    ['renderers/services/views/service.ts', 'const needs = { database: store, events: true };'],
  ])('is left alone in %s: %s', (path, source) => {
    expect(findings(path, source)).toEqual([]);
  });
});

it('says where, and what to do instead', () => {
  expect(findings('model/x.ts', "\n\nconst edge = 'nginx';")).toEqual([
    'model/x.ts:3: names the component nginx: let its folder say what is special about it',
  ]);
});
