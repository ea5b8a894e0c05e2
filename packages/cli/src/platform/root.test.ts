import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { installRoot } from './root.ts';

it('finds the folder that holds the templates and the runtime', () => {
  expect(existsSync(join(installRoot(), 'templates'))).toBe(true);
  expect(existsSync(join(installRoot(), 'packages', 'runtime', 'src'))).toBe(true);
});
