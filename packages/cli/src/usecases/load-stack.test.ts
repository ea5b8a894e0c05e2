import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspect } from './inspect.ts';
import { InvalidSpecError, loadStack } from './load-stack.ts';
import { validate } from './validate.ts';

const hometrip = fileURLToPath(new URL('../../../../services.yaml', import.meta.url));

describe('the HomeTrip spec', () => {
  it('has nothing to find fault with', async () => {
    const { valid, diagnostics, summary } = await validate(hometrip, { variables: {} });
    expect({ valid, diagnostics, summary }).toEqual({
      valid: true,
      diagnostics: [],
      summary: { name: 'hometrip', services: 10, gateways: 2, components: 10, environments: ['production'] },
    });
  });

  it('is a stack of 22 workloads', async () => {
    const { stack } = await loadStack(hometrip);
    expect(stack.workloads).toHaveLength(22);
    expect(stack.services.map(({ name, port }) => `${name} ${port}`)).toEqual([
      'api-gateway 3001',
      'websocket-gateway 3002',
      'auth-service 4001',
      'user-service 4002',
      'listing-service 4003',
      'booking-service 4004',
      'payment-service 4005',
      'message-service 4006',
      'review-service 4007',
      'analytics-service 4008',
      'notification-service 4009',
      'search-service 4010',
    ]);
  });

  it('inspects as JSON that reads back', async () => {
    const { stack } = await inspect(hometrip, { env: 'production' });
    expect(JSON.parse(JSON.stringify(stack))).toMatchObject({ name: 'hometrip', environment: 'production' });
  });

  it('says which environments there are', async () => {
    await expect(loadStack(hometrip, { env: 'productoin' })).rejects.toMatchObject({
      message: 'There is no environment "productoin" in services.yaml',
      next: ['did you mean production?'],
    });
  });

  it('needs the variables of an overlay only when that is chosen', async () => {
    expect((await validate(hometrip, { env: 'production', variables: {} })).diagnostics).toMatchObject([
      { code: 'HT0311', message: 'postgres is at ${DATABASE_URL}, which has no value' },
    ]);
    expect(
      (
        await validate(hometrip, {
          env: 'production',
          variables: { DATABASE_URL: 'postgres://db.example.com' },
        })
      ).valid,
    ).toBe(true);
  });
});

describe('a file', () => {
  it('with a service of six lines is valid', async () => {
    const file = join(folder, 'wishlist.yaml');
    const wishlist = `  wishlist-service:
    port: 4011
    database: postgres
    entities:
      wishlist: { title: string(120), listingIds: "uuid[]", owner: user }

environments:`;
    await writeFile(file, (await readFile(hometrip, 'utf8')).replace('\nenvironments:', `\n${wishlist}`));
    const { stack, diagnostics } = await loadStack(file);
    expect(diagnostics).toEqual([]);
    expect(stack.routes).toContainEqual({
      prefix: '/api/v1/wishlists',
      service: 'wishlist-service',
      rateLimit: 'api',
    });
  });

  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hometrip-spec-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe('that is none is named, and never waited for', () => {
    it.each([
      ['missing', () => undefined, 'there is no such file'],
      ['a folder', (path: string) => mkdirSync(path), 'it is a folder'],
      ['a pipe', (path: string) => execFileSync('mkfifo', [path]), 'it is a pipe, not a file'],
      ['a device', (path: string) => symlinkSync('/dev/zero', path), 'it is a device, not a file'],
      [
        'a link to itself',
        (path: string) => symlinkSync(path, path),
        'it is a link that leads back to itself',
      ],
    ] as const)('%s', async (name, make, reason) => {
      const path = join(folder, name.replaceAll(' ', '-'));
      make(path);
      await expect(loadStack(path)).rejects.toMatchObject({
        name: 'UserError',
        where: path,
        message: `it cannot be read: ${reason}`,
      });
    });
  });

  it('of any length is read no further than a spec may be long', async () => {
    const path = join(folder, 'huge.yaml');
    await writeFile(path, '');
    truncateSync(path, 100 << 20);
    expect((await validate(path)).diagnostics).toMatchObject([{ code: 'HT0103', file: 'huge.yaml' }]);
  });

  it('with errors is refused with all of them, as text and as data', async () => {
    const file = join(folder, 'services.yaml');
    await writeFile(
      file,
      'name: demo\nversion: 1\nservices:\n  a-service: { prot: 4001 }\n  b-service: { port: x }\n',
    );
    const error = await loadStack(file).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InvalidSpecError);
    expect((error as InvalidSpecError).diagnostics.map(({ code }) => code)).toEqual([
      'HT0202',
      'HT0201',
      'HT0204',
    ]);
    expect((error as InvalidSpecError).message.split('\n').slice(0, 6)).toEqual([
      'services.yaml has 3 errors',
      '',
      'services.yaml:4:3  HT0202  a-service needs port',
      '    3 | services:',
      '    4 |   a-service: { prot: 4001 }',
      '      |   ^^^^^^^^^ add port, a number',
    ]);
  });
});
