import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { on } from '../events/index.ts';
import { noContent } from '../http/reply.ts';
import { route } from '../http/route.ts';
import { z } from '../openapi/index.ts';
import { defineService } from '../service/definition.ts';
import { start } from '../service/start.ts';
import { startService, type TestService } from '../testing/index.ts';
import { defineMail, html, MailRefusedError, text } from './index.ts';
import { type ScriptedServer, scriptedServer } from './smtp/testing.ts';

const contracts = {
  'booking.confirmed': z.object({ id: z.string(), email: z.string(), title: z.string() }),
};

const confirmed = defineMail({
  name: 'booking-confirmed',
  subject: ({ title }: { title: string }) => text`Your trip to ${title}`,
  text: ({ title }) => text`Your trip to ${title} is booked.`,
  html: ({ title }) => html`<p>Your trip to <b>${title}</b> is booked.</p>`,
});

const definition = defineService({
  name: 'notification-service',
  version: '1.0.0',
  needs: { database: 'documents', events: true, mailer: true },
  contracts,
  routes: ({ mailer, events }) => [
    route.post('/mails', {
      auth: 'public',
      body: z.strictObject({ to: z.string() }),
      responses: { 204: null },
      async handler({ body }) {
        await mailer.send({ to: body.to, ...confirmed({ title: 'Rome' }) });
        return noContent();
      },
    }),
    route.post('/bookings/:id', {
      auth: 'public',
      body: z.strictObject({ email: z.string() }),
      responses: { 204: null },
      async handler({ params, body }) {
        const id = params['id'] ?? '';
        await events.publish('booking.confirmed', { id, email: body.email, title: 'Rome & <Lazio>' });
        return noContent();
      },
    }),
  ],
  consumers: ({ mailer, log }) => [
    on(contracts, 'booking.confirmed', async ({ email, title }, { event }) => {
      try {
        await mailer.send({ to: email, key: `${event.id}:guest`, ...confirmed({ title }) });
      } catch (error) {
        if (!(error instanceof MailRefusedError)) throw error;
        log.warn({ err: error }, 'The guest cannot be written to');
      }
      // As if the process died after the mail and before its effect was kept.
      if (event.attempt === 1 && email.startsWith('twice')) throw new Error('lost after sending');
    }),
  ],
});

describe('a service that sends mail', () => {
  let service: TestService;
  beforeEach(async () => {
    service = await startService(definition);
  });
  afterEach(() => service.stop());

  it('sends what an event asks for', async () => {
    await service.post('/api/v1/bookings/b1', { email: 'ann@example.com' });
    await expect
      .poll(() => service.mails())
      .toMatchObject([
        {
          to: ['ann@example.com'],
          subject: 'Your trip to Rome & <Lazio>',
          text: 'Your trip to Rome & <Lazio> is booked.\n',
          html: '<p>Your trip to <b>Rome &amp; &lt;Lazio&gt;</b> is booked.</p>\n',
        },
      ]);
  });

  it('sends it once, also when the event comes again after the mail was sent', async () => {
    await service.post('/api/v1/bookings/b1', { email: 'twice@example.com' });
    const handled = async () => (await service.get('/metrics')).body as string;
    await expect.poll(handled).toMatch(/mailer_mails_total\{mail="booking-confirmed",outcome="sent"\} 2/);
    expect((await service.mails()).length).toBe(1);
  });

  it('gives up a recipient who cannot be, and not the event after it', async () => {
    await service.post('/api/v1/bookings/b1', { email: 'nobody' });
    await service.post('/api/v1/bookings/b2', { email: 'ann@example.com' });
    await expect.poll(async () => (await service.mails()).length).toBe(1);
  });
});

describe('a service whose mail server is away', () => {
  let server: ScriptedServer;
  let service: TestService;
  beforeEach(async () => {
    server = await scriptedServer();
    service = await startService(definition, {
      env: {
        MAILER_URL: server.url.href,
        MAILER_FROM: 'HomeTrip <no-reply@example.com>',
        LOG_LEVEL: 'silent',
      },
    });
  });
  afterEach(async () => {
    await service.stop();
    await server[Symbol.asyncDispose]();
  });

  it('stays ready, says 503 to whoever waits, and sends later what events ask for', async () => {
    server.fail('greeting', ...Array<string>(12).fill('hang up'));
    expect(await service.post('/api/v1/mails', { to: 'ann@example.com' })).toMatchObject({
      status: 503,
      body: { code: 'mail-unavailable', detail: 'Mail cannot be sent at the moment.' },
    });
    const { status, body } = await service.get('/health/ready');
    expect([status, Object.keys(body.checks)]).toEqual([200, expect.not.arrayContaining(['mailer'])]);
    await service.post('/api/v1/bookings/b1', { email: 'ann@example.com' });
    await expect.poll(() => server.taken.length, { timeout: 60_000 }).toBe(1);
  });
});

describe('a service that needs mail and is not told how', () => {
  const needy = defineService({
    name: 'needy-service',
    version: '1.0.0',
    needs: { mailer: true },
    routes: () => [],
  });
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mailer-'));
    await writeFile(join(folder, 'password'), 'secret\n');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['no address', {}, 'MAILER_URL is not set: this service needs it.'],
    ['no sender', { MAILER_URL: 'smtps://mail.example.com' }, 'MAILER_FROM is not set: say who sends'],
    [
      'a sender that is none',
      { MAILER_URL: 'smtps://mail.example.com', MAILER_FROM: 'HomeTrip' },
      'MAILER_FROM is not an address',
    ],
    [
      'a scheme that nobody knows',
      { MAILER_URL: 'imap://mail.example.com', MAILER_FROM: 'a@example.com' },
      'use one of file://, smtp://, smtps://',
    ],
    [
      'a password that would cross the network',
      { MAILER_URL: 'smtp://u@mail.example.com?starttls=off', MAILER_FROM: 'a@example.com' },
      'without TLS the password',
    ],
  ])('does not start: %s', async (_, env, message) => {
    const starting = start(needy, {
      env: { PORT: '0', MAILER_PASSWORD_FILE: join(folder, 'password'), ...env },
      processMetrics: false,
    });
    await expect(starting).rejects.toThrow(message);
    await expect(starting).rejects.not.toThrow('secret');
  });
});
