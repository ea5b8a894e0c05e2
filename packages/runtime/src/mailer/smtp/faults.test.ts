import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { portOptions } from '../../testing/port-options.ts';
import { FROM, mail } from '../conformance.ts';
import { type Mailer, MailRefusedError, MailUnavailableError, openMailer } from '../index.ts';
import { type Act, scriptedServer, type ScriptedServer, type Stage } from './testing.ts';

let server: ScriptedServer;
let mailer: Mailer;
let options: ReturnType<typeof portOptions>;
const logged: string[] = [];
beforeEach(async () => {
  server = await scriptedServer();
  logged.length = 0;
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });
  options = { ...portOptions(), log };
  mailer = await openMailer(server.url, { ...options, from: FROM, retry: { base: 1, max: 5 }, attempts: 3 });
});
afterEach(async () => {
  await mailer.close();
  await server[Symbol.asyncDispose]();
});

const outcome = async (parts = {}): Promise<string> =>
  mailer.send(mail(parts)).then(
    () => 'sent',
    (error: { code?: string }) => String(error.code),
  );

describe('a server that is lost', () => {
  it.each<[Stage, Act]>([
    ['greeting', 'hang up'],
    ['greeting', '421 too busy'],
    ['ehlo', 'hang up'],
    ['mail', 'hang up'],
    ['mail', '421 closing'],
    ['rcpt', 'hang up'],
    ['rcpt', '421 closing'],
    ['data', 'hang up'],
    ['data', '421 closing'],
    ['end', '421 closing'],
  ])('at %s (%s) is tried again, and gets the mail once', async (stage, act) => {
    server.fail(stage, act, act);
    expect(await outcome()).toBe('sent');
    expect(server.taken.length).toBe(1);
  });

  it('in the middle of a long message is tried again: it cannot have taken it', async () => {
    server.fail('middle', 'hang up');
    expect(await outcome({ text: 'line\n'.repeat(1_000_000) })).toBe('sent');
    expect(server.taken.length).toBe(1);
  });

  it('after the whole message is not tried again: it may have taken it', async () => {
    server.fail('end', 'hang up');
    const failure = await mailer.send(mail()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MailUnavailableError);
    expect(failure).toMatchObject({ code: 'mail-uncertain', status: 503 });
    expect(server.heard.filter((line) => line === 'DATA').length).toBe(1);
    expect(await options.metrics.metrics()).toContain('outcome="uncertain"} 1');
  });

  it('between two mails is no trouble that anybody has to know of', async () => {
    expect(await outcome()).toBe('sent');
    server.fail('mail', 'hang up');
    expect(await outcome()).toBe('sent');
    const words = logged.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(words).toEqual(['Mail was handed over', 'Mail was handed over']);
  });

  it('that stays away is told to the caller after the last attempt, and to the log once', async () => {
    server.fail('greeting', ...Array<Act>(6).fill('hang up'));
    expect([await outcome(), await outcome()]).toEqual(['mail-unavailable', 'mail-unavailable']);
    expect(server.connections).toBe(6);
    const metrics = await options.metrics.metrics();
    expect(metrics).toContain('mailer_mails_total{mail="greeting",outcome="unavailable"} 2');
    expect(metrics).toContain('mailer_repeats_total 4');
    expect(metrics).toContain('mailer_available 0');
    expect(await outcome()).toBe('sent');
    expect(await options.metrics.metrics()).toContain('mailer_available 1');
    const words = logged.map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(words).toEqual([
      'Mail cannot be sent at the moment',
      'Mail can be sent again',
      'Mail was handed over',
    ]);
  });
});

describe('a server that says no', () => {
  it.each<[Stage, Act]>([
    ['mail', '451 later'],
    ['rcpt', '450 4.2.0 greylisted'],
    ['rcpt', '452 too many'],
    ['data', '451 later'],
    ['end', '451 4.3.0 later'],
    ['end', '452 4.3.1 full'],
  ])('for now, at %s (%s), is asked again', async (stage, act) => {
    server.fail(stage, act, act);
    expect(await outcome()).toBe('sent');
    server.fail(stage, act, act, act);
    expect(await outcome()).toBe('mail-deferred');
    expect(server.taken.length).toBe(1);
  });

  it.each<[Stage, Act]>([
    ['mail', '553 5.1.8 not your address'],
    ['rcpt', '550 5.1.1 no such user'],
    ['data', '554 no valid recipients'],
    ['end', '554 5.7.1 spam'],
    ['end', '552 5.3.4 too big'],
  ])('for good, at %s (%s), is not asked again', async (stage, act) => {
    server.fail(stage, act);
    const failure = await mailer.send(mail()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MailRefusedError);
    expect(failure).toMatchObject({ refused: [{ address: 'ann@example.com', permanent: true, reply: act }] });
    expect(server.taken).toEqual([]);
    expect(await outcome()).toBe('sent');
  });

  it('to some recipients is asked again for those, and the others get the mail once', async () => {
    const to = ['a@example.com', 'b@example.com', 'c@example.com'];
    server.fail('rcpt', '250 ok', '550 no such user', '451 later', '451 later');
    const failure = await mailer.send(mail({ to })).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'mail-refused',
      refused: [{ address: 'b@example.com', reply: '550 no such user' }],
      accepted: ['a@example.com', 'c@example.com'],
    });
    expect(server.heard.filter((line) => line.startsWith('RCPT')).map((line) => line[9])).toEqual([
      ...['a', 'b', 'c'],
      ...['c', 'c'],
    ]);
    expect(server.taken.length).toBe(2);
  });

  it.each<[Stage, Act]>([
    ['greeting', '554 5.7.1 not for you'],
    ['mail', '530 5.7.0 authenticate first'],
    ['rcpt', '530 must issue STARTTLS first'],
  ])(
    'to us and not to the mail, at %s (%s), is no word about the mail, and is not asked twice',
    async (stage, act) => {
      server.fail(stage, act);
      expect(await outcome()).toBe('mail-unavailable');
      expect(server.connections).toBe(1);
      expect(await outcome()).toBe('sent');
    },
  );
});

describe('a caller who does not wait', () => {
  it('gets the reason of the signal, and the mail is not sent', async () => {
    server.fail('rcpt', 'silence');
    const caller = new AbortController();
    const sending = mailer.send(mail(), { signal: caller.signal });
    await expect.poll(() => server.heard.some((line) => line.startsWith('RCPT'))).toBe(true);
    caller.abort(new Error('gone'));
    await expect(sending).rejects.toThrow('gone');
    expect(server.taken).toEqual([]);
    expect(await outcome()).toBe('sent');
  });

  it('is told when it came too late to know', async () => {
    server.fail('end', 'silence');
    const caller = new AbortController();
    const sending = mailer.send(mail({ text: 'the whole message' }), { signal: caller.signal });
    await expect.poll(() => server.heard.includes('DATA')).toBe(true);
    await expect.poll(() => server.whole).toBe(1);
    caller.abort(new Error('gone'));
    await expect(sending).rejects.toMatchObject({ code: 'mail-uncertain' });
  });

  it('waits no longer than it was said to', async () => {
    const hasty = await openMailer(server.url, { ...portOptions(), from: FROM, timeoutMs: 50 });
    server.fail('greeting', 'silence');
    await expect(hasty.send(mail())).rejects.toMatchObject({ code: 'mail-unavailable' });
    await hasty.close();
  });

  it('is told at once when the service stops, where nothing is under way', async () => {
    const patient = await openMailer(server.url, {
      ...portOptions(),
      from: FROM,
      retry: { base: 60_000, max: 60_000 },
    });
    server.fail('mail', '451 later');
    const sending = patient.send(mail()).catch((error: { code: string }) => error.code);
    await expect.poll(() => server.heard.some((line) => line.startsWith('RSET'))).toBe(true);
    await patient.close();
    expect(await sending).toBe('mail-unavailable');
  });
});

it('logs nothing of the content, and no address, whatever the server says', async () => {
  const secret = { subject: 'Secret subject', text: 'Secret text', to: 'ann.secret@example.com' };
  server.fail('rcpt', '550 5.1.1 <ann.secret@example.com>: Recipient ann.secret@example.com rejected');
  const failure = await mailer.send(mail(secret)).catch((error: unknown) => error);
  options.log.error({ err: failure }, 'as whoever catches it would log it');
  server.fail('greeting', ...Array<Act>(3).fill('421 4.7.0 no-reply@example.com is sending too much'));
  server.hangUp();
  await expect(mailer.send(mail(secret))).rejects.toMatchObject({ code: 'mail-unavailable' });
  expect(logged.length).toBe(2);
  expect(logged.join('')).toContain('421 4.7.0 <…> is sending too much');
  expect(logged.join('')).toContain('550 5.1.1 <…>: Recipient <…> rejected');
  for (const word of ['ann.secret', 'Secret', 'no-reply']) expect(logged.join('')).not.toContain(word);
});
