import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  bundledModule,
  cliFolder,
  installedVersion,
  runtimeFolder,
  templatesFolder,
} from './installation.ts';
import { repository } from './repository.fixture.ts';

let project: string;
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'hometrip installation ')));
});
afterEach(() => rmSync(project, { recursive: true }));

function install(folder: string): string {
  const path = join(project, folder, 'node_modules', '@hometrip', 'runtime');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), '{ "name": "@hometrip/runtime", "version": "9.9.9" }');
  return path;
}

it('knows its own parts', () => {
  expect(cliFolder()).toBe(join(repository, 'packages', 'cli'));
  expect(templatesFolder()).toBe(join(repository, 'templates'));
  expect(existsSync(bundledModule('http.cjs'))).toBe(true);
  expect(installedVersion()).toMatch(/^\d+\.\d+\.\d+/);
});

it('a project without packages of its own runs on the runtime that hometrip brings', () => {
  expect(runtimeFolder(project)).toBe(join(repository, 'packages', 'runtime'));
});

it('a project that has installed the runtime runs on that one, also from a folder inside', () => {
  const own = install('.');
  expect(runtimeFolder(project)).toBe(own);
  expect(runtimeFolder(join(project, 'generated', 'services', 'rooms'))).toBe(own);
  const nearer = install('generated/services/rooms');
  expect(runtimeFolder(join(project, 'generated', 'services', 'rooms'))).toBe(nearer);
  expect(runtimeFolder(project)).toBe(own);
});
