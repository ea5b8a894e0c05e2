import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInteger, readSetting, readUrl, requireUrl } from './settings.ts';

let folder: string;
const file = (content: string): string => {
  const path = join(folder, 'secret');
  writeFileSync(path, content);
  return path;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a setting', () => {
  it('comes from the environment, or from a file', () => {
    expect(readSetting({ X: 'a' }, 'X')).toBe('a');
    expect(readSetting({ X_FILE: file('b c\r\n') }, 'X')).toBe('b c');
    expect(readSetting({ X: '' }, 'X')).toBeUndefined();
  });

  it('names the file that cannot be read', () => {
    expect(() => readSetting({ X_FILE: '/nowhere/x' }, 'X')).toThrow(
      'X_FILE names /nowhere/x, which cannot be read (ENOENT)',
    );
  });

  it.each(['abc', '1.5', '-1', '70000', '0x10f0f'])('that must be a port refuses %s', (text) => {
    expect(() => readInteger({ PORT: text }, 'PORT', { default: 1, min: 0, max: 65_535 })).toThrow(
      'must be a whole number from 0 to 65535',
    );
  });
});

describe('a URL', () => {
  it('gets its password from beside it, whatever characters it has', () => {
    const url = readUrl(
      { DATABASE_URL: 'postgres://ann@db:5432/x', DATABASE_PASSWORD_FILE: file('p@:/ %ä\n') },
      'DATABASE_URL',
    );
    expect(url?.href).toBe('postgres://ann:p%40%3A%2F%20%25%C3%A4@db:5432/x');
    expect(decodeURIComponent(url?.password ?? '')).toBe('p@:/ %ä');
  });

  it('says what is missing or wrong', () => {
    expect(() => requireUrl({}, 'DATABASE_URL')).toThrow('DATABASE_URL is not set');
    expect(() => readUrl({ DATABASE_URL: 'db:x y' }, 'DATABASE_URL')).not.toThrow();
    expect(() => readUrl({ DATABASE_URL: '//nothing' }, 'DATABASE_URL')).toThrow('DATABASE_URL is not a URL');
    expect(() => readUrl({ REGISTRY_URL: 'file:///x', REGISTRY_PASSWORD: 'p' }, 'REGISTRY_URL')).toThrow(
      'cannot carry a password',
    );
  });

  it.each(['file:mail', 'file:./mail', 'file:../mail', 'FILE:mail'])('refuses %s, which is /mail', (url) => {
    expect(() => readUrl({ MAILER_URL: url }, 'MAILER_URL')).toThrow(
      `MAILER_URL (${url}) has a relative path: write the whole one`,
    );
  });
});
