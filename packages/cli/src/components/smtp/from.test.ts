import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openMailer } from '@hometrip/runtime';
import { portOptions } from '@hometrip/runtime/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smtp } from './index.ts';

const accepted = (from: string): boolean => smtp.params.safeParse({ from }).success;

it.each([
  ['no-reply@example.com', true],
  ['Shop <no-reply@example.com>', true],
  ['"Shop, Inc." <no-reply@example.com>', true],
  ['no-reply@localhost', true],
  ['a b@example.com', false],
  ['a@b@example.com', false],
  ['Shop <a@example.com', false],
  ['a@example.com, b@example.com', false],
  ['@example.com', false],
  ['a@-example.com', false],
])('takes %s: %s', (from, takes) => {
  expect(accepted(from)).toBe(takes);
});

it('takes what a mailer takes, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-mail-'));
  const piece = fc.constantFrom(
    'a',
    'b.c',
    '@',
    '<',
    '>',
    '"',
    ' ',
    ',',
    'example.com',
    'é',
    '..',
    '\n',
    'Shop',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join('')),
      async (from) => {
        const opened = await openMailer(pathToFileURL(folder), { ...portOptions(), from }).then(
          async (mailer) => {
            await mailer.close();
            return true;
          },
          () => false,
        );
        expect({ from, taken: accepted(from) }).toEqual({ from, taken: opened });
      },
    ),
    { numRuns: 300 },
  );
  await rm(folder, { recursive: true });
});
