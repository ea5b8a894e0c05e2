/** What is generated from the runtime's sources, and committed. `npm run reference` writes it anew. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Project } from 'ts-morph';
import { docstringOf } from './docstring.ts';
import { exportsOf } from './exports.ts';
import { documentsWithExamples } from './examples.ts';
import { unreachableTypes } from './mentions.ts';
import { metricsOf, metricsPage, processMetrics } from './metrics.ts';
import { runtimePages } from './runtime.ts';
import { settingsOf, settingsPage } from './settings.ts';
import { openSources, root } from './sources.ts';

const folder = join(root, 'docs', 'reference');
let project: Project;
beforeAll(() => {
  project = openSources();
}, 120_000);

describe('the reference of the runtime is what its sources say (npm run reference writes it)', () => {
  it('exports', { timeout: 120_000 }, async () => {
    const pages = runtimePages(project);
    for (const [page, text] of pages) await expect(text, page).toMatchFileSnapshot(join(folder, page));
    const written = readdirSync(join(folder, 'runtime')).map((name) => `runtime/${name}`);
    expect(
      written.filter((name) => !pages.has(name)),
      'pages of areas that are gone: delete them',
    ).toEqual([]);
  });

  it('settings', async () => {
    await expect(settingsPage(settingsOf(project))).toMatchFileSnapshot(join(folder, 'settings.md'));
  });

  it.runIf(process.platform === 'linux')('metrics', async () => {
    const page = metricsPage(metricsOf(project), await processMetrics());
    await expect(page).toMatchFileSnapshot(join(folder, 'metrics.md'));
  });
});

it('examples in docs are the files that are tested (npm run reference writes them)', async () => {
  const documents = documentsWithExamples();
  expect(documents.size).toBeGreaterThan(0);
  for (const [path, text] of documents) await expect(text, path).toMatchFileSnapshot(path);
});

describe('the reference leaves no question open', () => {
  it('every export has a docstring', () => {
    const { own } = exportsOf(project);
    const silent = own.filter(({ nodes }) => nodes.every((node) => docstringOf(node) === undefined));
    expect(silent.map(({ name, path }) => `${path}: ${name}`)).toEqual([]);
  });

  it('every type that an export mentions can be imported too', () => {
    expect(unreachableTypes(project)).toEqual([]);
  });

  it('every setting is explained, by @setting NAME in a comment of a file that reads it', () => {
    const silent = settingsOf(project).filter(({ meaning }) => meaning === undefined);
    expect(silent.map(({ name, readers }) => `${[...readers].join(', ')}: ${name}`)).toEqual([]);
  });

  it('every metric has a type and a sentence', () => {
    const silent = metricsOf(project).filter(({ type, help }) => type === '' || !/^.+[.]$/.test(help));
    expect(silent).toEqual([]);
  });
});
