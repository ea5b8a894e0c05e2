/** Somebody who writes an adapter must be able to run what ours pass. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as exported from './conformance.ts';

const source = fileURLToPath(new URL('..', import.meta.url));

/** `src/<port>/conformance.ts` and `src/<port>/*-conformance.ts`; deeper ones are about parts, not about ports. */
function suites(): string[] {
  return readdirSync(source, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(source, name)).map((file) => join(source, name, file)))
    .filter(
      (path) => /[/\\-]conformance\.ts$/.test(path) && !path.includes(`${join('testing', 'conformance')}`),
    )
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/^export function (test\w+)/gm)])
    .map((match) => match[1] ?? '')
    .sort();
}

it('exports the suite of every port', () => {
  expect(suites()).toContain('testCache');
  expect(
    Object.keys(exported)
      .filter((name) => name.startsWith('test'))
      .sort(),
  ).toEqual(suites());
});
