import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExim, type TestExim } from '../../../../../tests/servers/exim.ts';
import { startMailpit, type TestMailpit } from '../../../../../tests/servers/mailpit.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import { portOptions } from '../../testing/port-options.ts';
import { FROM, mail, testMailer } from '../conformance.ts';
import { openMailer } from '../index.ts';

let exim: TestExim;
let mailpit: TestMailpit;
beforeAll(async () => {
  [exim, mailpit] = await Promise.all([startExim(), startMailpit()]);
});
afterAll(async () => {
  for (const server of [exim, mailpit]) {
    reportProven({ port: 'mailer', adapter: 'smtp', server: server.name });
    await server[Symbol.asyncDispose]();
  }
});

testMailer(
  'Exim, with STARTTLS and a password,',
  () => exim.url,
  () => exim.received(),
);
testMailer(
  'Exim, with TLS from the first byte,',
  () => exim.tlsUrl,
  () => exim.received(),
);
testMailer(
  'Mailpit, with STARTTLS and a password,',
  () => mailpit.url,
  () => mailpit.received(),
);

const quick = { ...portOptions(), from: FROM, retry: { base: 1, max: 5 } };
const open = (url: URL) => openMailer(url, { ...quick, metrics: portOptions().metrics });
/** How the sending of a mail to this address ends. */
const outcome = async (url: URL, to = 'ann@example.com') => {
  const mailer = await open(url);
  const end = await mailer.send(mail({ to })).then(
    () => 'sent',
    (error: Error & { code: string }) =>
      `${error.code}: ${(error.cause as Error | undefined)?.message ?? error.message}`,
  );
  await mailer.close();
  return end;
};

describe('a mail server that is not to be trusted', () => {
  /** As `outcome`, of a process that trusts whom Node trusts by itself. */
  const outcomeElsewhere = async (url: URL) => {
    const program = `
      const { openMailer } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)});
      const { portOptions } = await import(${JSON.stringify(new URL('../../testing/port-options.ts', import.meta.url).href)});
      const mailer = await openMailer(new URL(process.env.MAIL), { ...portOptions(), from: 'a@example.com' });
      await mailer.send({ name: 'x', to: 'ann@example.com', subject: 'x', text: 'x' }).then(
        () => console.log('sent'), (error) => console.log(error.code + ': ' + error.cause.message));
      await mailer.close();`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, MAIL: url.href, NODE_EXTRA_CA_CERTS: '' },
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    return stdout.trim();
  };

  it('gets nothing while nobody vouches for its certificate, with STARTTLS or from the first byte', async () => {
    const before = (await exim.received()).length;
    for (const url of [exim.url, exim.tlsUrl])
      expect(await outcomeElsewhere(url)).toMatch(/^mail-unavailable: .*unable to verify/);
    expect((await exim.received()).length).toBe(before);
  });

  it('gets nothing under a name that its certificate does not have', async () => {
    const url = new URL(exim.url);
    url.hostname = 'localhost';
    expect(await outcome(url)).toMatch(/^mail-unavailable: Hostname\/IP does not match/);
  });
});

describe('a mail server', () => {
  it.each([
    ['Exim', () => exim.url],
    ['Mailpit', () => mailpit.url],
  ])('%s that does not know the password is no fault of the mail, and is not asked twice', async (_, url) => {
    const wrong = new URL(url());
    wrong.password = 'wrong';
    expect(await outcome(wrong)).toMatch(/^mail-unavailable: 535/);
  });

  it('takes nothing from us without a password, and that is no fault of the mail either', async () => {
    const url = new URL(mailpit.url);
    [url.username, url.password] = ['', ''];
    expect(await outcome(url)).toMatch(/^mail-unavailable: 530/);
  });

  it.each([
    ['Exim', () => exim.url, 'nobody@example.com', /^mail-refused: .*550/],
    ['Mailpit', () => mailpit.url, 'nobody@example.com', /^mail-refused: .*550/],
    ['Exim', () => exim.url, 'later@example.com', /^mail-deferred: 451/],
  ])('%s says what it thinks of a recipient', async (_, url, to, expected) => {
    expect(await outcome(url(), to)).toMatch(expected);
  });

  it('gives the mail to the recipients that it takes, once, while others are refused', async () => {
    const mailer = await open(exim.url);
    const to = ['one@example.com', 'nobody@example.com', 'later@example.com', 'two@example.com'];
    const key = 'partly';
    await expect(mailer.send(mail({ to, key, subject: 'Partly' }))).rejects.toMatchObject({
      code: 'mail-deferred',
      accepted: ['one@example.com', 'two@example.com'],
    });
    const copies = async () =>
      (await exim.received()).filter(({ source }) => source.includes('Subject: Partly'));
    await expect
      .poll(async () => (await copies()).map(({ recipients }) => recipients))
      .toEqual([['one@example.com', 'two@example.com']]);
    await mailer.close();
  });

  it.each([
    [{ Sender: 451 }, /^mail-deferred: 451/],
    [{ Sender: 552 }, /^mail-refused: .*552/],
    [{ Recipient: 421 }, /^mail-deferred: 421/],
    [{ Recipient: 530 }, /^mail-unavailable: 530/],
    [{ Recipient: 450 }, /^mail-deferred: 450/],
    [{ Authentication: 454 }, /^mail-unavailable: 454/],
    [{ Authentication: 535 }, /^mail-unavailable: 535/],
  ])('in trouble (%j) is reported as what it is, and used again afterwards', async (trouble, expected) => {
    await mailpit.trouble(trouble);
    try {
      expect(await outcome(mailpit.url)).toMatch(expected);
    } finally {
      await mailpit.trouble();
    }
    expect(await outcome(mailpit.url)).toBe('sent');
  });
});
