/** Runs the tests of services, generated and written by hand alike, with the Vitest of the project. */
import { existsSync, globSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import type { Stack } from '../model/stack.ts';
import { UserError } from '../platform/errors.ts';
import { runInForeground } from '../platform/foreground.ts';
import { bundledModule, cliFolder } from '../platform/installation.ts';
import type { Project } from '../platform/project.ts';
import { loadStack } from './load-stack.ts';
import { requireServices } from './stack-context.ts';
import { sourceOf } from './up.ts';

export interface TestOptions {
  /** Names of services, and parts of paths of test files. */
  readonly wanted: readonly string[];
  /** Go on, and run again what a change concerns. */
  readonly watch: boolean;
  /** For Vitest, as they are. */
  readonly more: readonly string[];
}

/** @returns Vitest's exit code: 0 when all tests passed. @throws UserError when there is nothing to run, or nothing to run it with */
export async function test(project: Project, { wanted, watch, more }: TestOptions): Promise<number> {
  const { stack } = await loadStack(project.specFile);
  const filters = filtersFor(project, stack, wanted);
  const config = CONFIGS.some((name) => existsSync(join(project.root, name)))
    ? []
    : ['--config', bundledModule('vitest.config.js')];
  return await runInForeground(
    process.execPath,
    [findVitest(project), watch ? 'watch' : 'run', '--root', project.root, ...config, ...filters, ...more],
    project.root,
  );
}

const CONFIGS = ['vitest', 'vite'].flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((extension) => `${name}.config.${extension}`),
);

/**
 * Vitest runs the files that have one of these in their path. Of services and parts of paths both have to fit, so then each file is
 * named.
 */
export function filtersFor(
  project: Pick<Project, 'root' | 'output'>,
  stack: Stack,
  wanted: readonly string[],
): readonly string[] {
  const isPath = (text: string): boolean => /[/\\.]/.test(text);
  const parts = wanted.filter(isPath);
  const services = wanted.filter((text) => !isPath(text));
  requireServices(stack, services);
  const folders = services.map((name) => {
    const folder = join(project.output, sourceOf(stack, name));
    if (!existsSync(folder))
      throw new UserError(`${name} is not generated yet`, {
        where: folder,
        next: ['generate it: hometrip generate'],
      });
    return `${relative(project.root, folder).split(sep).join('/')}/`;
  });
  if (folders.length === 0 || parts.length === 0) return [...folders, ...parts];
  const files = folders
    .flatMap((folder) =>
      globSync(`${folder}**/*.{test,spec}.{ts,mts,cts,tsx,js,mjs,cjs,jsx}`, { cwd: project.root }),
    )
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !file.includes('/node_modules/') && parts.some((part) => file.includes(part)));
  if (files.length === 0)
    throw new UserError(`no test of ${services.join(', ')} has ${parts.join(' or ')} in its path`, {
      next: [`run all of them: hometrip test ${services.join(' ')}`],
    });
  return files.sort();
}

/** The project's own first; a checkout of hometrip has one for the projects in it. */
function findVitest({ root }: Project): string {
  for (const folder of [root, cliFolder()]) {
    try {
      const manifest = createRequire(join(folder, 'package.json')).resolve('vitest/package.json');
      return join(dirname(manifest), 'vitest.mjs');
    } catch {
      // It is not there.
    }
  }
  throw new UserError('Vitest is not installed, which runs the tests', {
    where: root,
    next: ['install the packages of the project: npm install', 'or add it: npm install --save-dev vitest'],
  });
}
