import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import { FROM, mail, testMailer } from './conformance.ts';
import { listMails, type Mailer, openMailer, readMail } from './index.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mail box #1 %'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

testMailer(
  'A folder',
  () => pathToFileURL(join(root, 'conformance')),
  async () => {
    const folder = join(root, 'conformance');
    const mails = await listMails(folder, { limit: 1_000 });
    return mails.map(({ id, to }) => {
      const source = readFileSync(join(folder, `${id}.eml`));
      return {
        messageId: /^message-id: <(.*)>\r$/im.exec(source.toString())?.[1] ?? '',
        source,
        recipients: to,
      };
    });
  },
);

describe('a local mailbox', () => {
  let folder: string;
  let count = 0;
  const open = (query = ''): Promise<Mailer> =>
    openMailer(new URL(pathToFileURL(folder).href + query), { ...portOptions(), from: FROM });
  beforeEach(() => {
    count += 1;
    folder = join(root, `box ${count}`, 'mail');
  });

  it('lists what it has, the newest first, and reads one', async () => {
    const mailer = await open();
    await mailer.send(mail({ subject: 'First' }));
    await mailer.send(mail({ subject: 'Zweite Nachricht: Grüße', bcc: ['bob@example.com'] }));
    const attachments = [{ filename: 'a.txt', content: 'attached' }];
    const { id } = await mailer.send(mail({ subject: 'Third', html: '<p>Hello</p>', attachments }));
    const listed = await listMails(folder);
    expect(listed.map(({ subject, from, to }) => [subject, from, to])).toEqual([
      ['Third', FROM, ['ann@example.com']],
      ['Zweite Nachricht: Grüße', FROM, ['ann@example.com', 'bob@example.com']],
      ['First', FROM, ['ann@example.com']],
    ]);
    expect(await listMails(folder, { limit: 1 })).toEqual(listed.slice(0, 1));
    const stored = await readMail(folder, listed[0]?.id ?? '');
    expect(stored).toMatchObject({ ...listed[0], messageId: id, text: 'Hello Ann\n' });
    expect(stored?.html).toContain('<p>Hello</p>');
    expect(stored?.headers['auto-submitted']).toBe('auto-generated');
    expect(
      stored?.attachments.map(({ filename, content }) => [filename, String(Buffer.from(content))]),
    ).toEqual([['a.txt', 'attached']]);
    await mailer.close();
  });

  it('has nothing where there is no folder, no such mail, or a file that is none', async () => {
    expect(await listMails(folder)).toEqual([]);
    expect(await readMail(folder, '0'.repeat(32))).toBeUndefined();
    await (await open()).close();
    await writeFile(join(root, 'secret.eml'), 'Subject: secret\r\n\r\n');
    expect(await readMail(folder, '../../secret')).toBeUndefined();
    await writeFile(join(folder, 'notes.txt'), 'no mail');
    expect(await listMails(folder)).toEqual([]);
  });

  it('is for its owner alone', async () => {
    const mailer = await open();
    await mailer.send(mail());
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600]);
    await mailer.close();
  });

  it('has a mail with a key once, whoever sends it again', async () => {
    const mailers = await Promise.all([open(), open(), open()]);
    const send = (key: string) => mailers.map((mailer) => mailer.send(mail({ key })));
    await Promise.all([...send('a'), ...send('a'), ...send('b')]);
    expect(readdirSync(folder).length).toBe(2);
    await Promise.all(mailers.map((mailer) => mailer.close()));
  });

  it('keeps as many as it is told, and those that came last', async () => {
    const mailer = await open('?limit=20');
    for (let number = 1; number <= 50; number += 1) {
      await mailer.send(mail({ subject: String(number) }));
      expect(readdirSync(folder).length).toBeLessThanOrEqual(20);
    }
    const kept = (await listMails(folder)).map(({ subject }) => Number(subject));
    expect(kept.length).toBeGreaterThanOrEqual(18);
    expect(kept).toEqual(Array.from(kept, (_, index) => 50 - index));
    await mailer.close();
  });

  it('says that mail cannot be sent when its folder is gone, and that it can when it is back', async () => {
    const options = { ...portOptions(), from: FROM, attempts: 1 };
    const mailer = await openMailer(pathToFileURL(folder), options);
    await rm(folder, { recursive: true });
    await writeFile(folder, 'in the way');
    await expect(mailer.send(mail())).rejects.toMatchObject({ code: 'mail-unavailable' });
    expect(await options.metrics.metrics()).toContain('mailer_available 0');
    await rm(folder);
    await mailer.send(mail());
    expect(await options.metrics.metrics()).toContain('mailer_available 1');
    await mailer.close();
  });

  it.each(['?limit=0', '?limit=many', '?limit=1e9'])('refuses %s', async (query) => {
    await expect(open(query)).rejects.toThrow('a whole number of mails from 1 to 100000');
  });
});
