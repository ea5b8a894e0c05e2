/** What every mail adapter must pass. */
import { randomBytes, randomUUID } from 'node:crypto';
import PostalMime, { type Email } from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portOptions } from '../testing/port-options.ts';
import { type Mail, type Mailer, MailRefusedError, openMailer } from './index.ts';

/** A mail that arrived, as its server has it. */
export interface Arrived {
  /** Without its angle brackets. */
  readonly messageId: string;
  readonly source: Buffer;
  readonly recipients: readonly string[];
}

/** Everything that has arrived, a mail that came twice twice. */
export type Arrivals = () => Promise<readonly Arrived[]>;

export const FROM = 'HomeTrip <no-reply@example.com>';
export const mail = (parts: Partial<Mail> = {}): Mail => ({
  name: 'greeting',
  to: 'ann@example.com',
  subject: 'Hello',
  text: 'Hello Ann',
  ...parts,
});

/** What a mail server at a URL, and the adapter in front of it, must do. @param arrivals What arrived there so far. */
export function testMailer(name: string, url: () => URL, arrivals: Arrivals): void {
  describe(`${name} as a mail server`, () => {
    let mailer: Mailer;
    beforeAll(async () => {
      mailer = await openMailer(url(), { ...portOptions(), from: FROM });
    });
    afterAll(() => mailer.close());

    const copies = async (id: string) => (await arrivals()).filter(({ messageId }) => messageId === id);
    const arrived = async (id: string): Promise<Arrived> => {
      await expect.poll(async () => (await copies(id)).length).toBe(1);
      return (await copies(id))[0] as Arrived;
    };
    const parsed = async (id: string): Promise<Email> => PostalMime.parse((await arrived(id)).source);
    const header = (email: Email, key: string) =>
      email.headers.filter((one) => one.key === key).map(({ value }) => value);

    it('takes a mail to everyone whom it names, and shows blind copies to nobody', async () => {
      const { id } = await mailer.send(
        mail({
          to: [{ name: 'Ann, “the host”', address: 'ann@example.com' }, 'bob@example.com'],
          cc: ['cy@example.com'],
          bcc: ['dee@example.com', 'ann@example.com'],
          replyTo: 'help@example.com',
        }),
      );
      const { recipients } = await arrived(id);
      expect([...recipients].sort()).toEqual([
        'ann@example.com',
        'bob@example.com',
        'cy@example.com',
        'dee@example.com',
      ]);
      expect(await parsed(id)).toMatchObject({
        from: { name: 'HomeTrip', address: 'no-reply@example.com' },
        to: [
          { name: 'Ann, “the host”', address: 'ann@example.com' },
          { name: '', address: 'bob@example.com' },
        ],
        cc: [{ name: '', address: 'cy@example.com' }],
        replyTo: [{ name: '', address: 'help@example.com' }],
        messageId: `<${id}>`,
      });
    });

    it.each([
      ['short', 'Hello\n'],
      ['with lines that look like commands', '.\n..\n.leading dot\nQUIT\nFrom here\n'],
      ['in many writings', 'Grüße, ¡hola!, こんにちは, Здравствуйте, 👋🏽\n'],
      ['with lines that are far too long', `${'word '.repeat(1_000)}\n${'x'.repeat(5_000)}\n`],
      ['with trailing spaces and no line break at its end', 'a \n b'],
    ])('leaves text that is %s as it was', async (_, text) => {
      const { id } = await mailer.send(
        mail({ subject: text.split('\n')[0] || 'S', text, html: `<p>${text}</p>` }),
      );
      const email = await parsed(id);
      // Mail has no last line without an end.
      const lines = (value: string | undefined) => value?.replaceAll('\r\n', '\n').replace(/\n*$/, '');
      expect(lines(email.text)).toBe(lines(text));
      expect(lines(email.html)).toBe(lines(`<p>${text}</p>`));
      expect(email.subject).toBe((text.split('\n')[0] || 'S').trim());
    });

    it('leaves attachments as they were, byte by byte', async () => {
      const content = randomBytes(300_000);
      const { id } = await mailer.send(
        mail({ attachments: [{ filename: 'Räume.pdf', content, contentType: 'application/pdf' }] }),
      );
      const [attachment] = (await parsed(id)).attachments;
      expect(attachment).toMatchObject({ filename: 'Räume.pdf', mimeType: 'application/pdf' });
      expect(Buffer.from(attachment?.content as ArrayBuffer).equals(content)).toBe(true);
    });

    it('lets no value become another header, recipient or message', async () => {
      const evil = 'x\r\nBcc: eve@example.com\r\n\r\n.\r\nMAIL FROM:<eve@example.com>';
      const { id } = await mailer.send(
        mail({ subject: evil, to: { name: evil, address: 'ann@example.com' }, text: evil }),
      );
      const { recipients } = await arrived(id);
      expect(recipients).toEqual(['ann@example.com']);
      const email = await parsed(id);
      expect(email.subject).toBe('x Bcc: eve@example.com . MAIL FROM:<eve@example.com>');
      expect(email.to?.[0]?.name).toBe('x Bcc: eve@example.com . MAIL FROM:<eve@example.com>');
      expect([...header(email, 'bcc'), ...header(email, 'mail from')]).toEqual([]);
    });

    it.each<[string, Partial<Mail>]>([
      ['a list where one address belongs', { to: 'ann@example.com, eve@example.com' }],
      ['an address with a line break', { to: 'ann@example.com\r\nRCPT TO:<eve@example.com>' }],
      ['an address with a command', { to: 'ann@example.com>\nDATA' }],
      ['a sender that is none', { from: 'eve' }],
      ['a header with a line break', { headers: { 'X-Trip': 'a\r\nBcc: eve@example.com' } }],
      ['a header that is not for callers', { headers: { BCC: 'eve@example.com' } }],
      ['a header with a name that is none', { headers: { 'X: y\r\nBcc': 'eve@example.com' } }],
      ['an attachment from a folder', { attachments: [{ filename: '../../etc/passwd', content: '' }] }],
    ])('refuses %s, and sends nothing', async (_, parts) => {
      const before = (await arrivals()).length;
      const failure = await mailer.send(mail(parts)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(MailRefusedError);
      expect(String(failure)).not.toContain('eve@');
      const { id } = await mailer.send(mail());
      await arrived(id);
      expect((await arrivals()).length).toBe(before + 1);
    });

    it('gives a mail the same Message-ID for the same key, and each other one another', async () => {
      const key = randomUUID();
      const replica = await openMailer(url(), { ...portOptions('test-service#2'), from: FROM });
      const other = await openMailer(url(), { ...portOptions('other-service#1'), from: FROM });
      const { id } = await mailer.send(mail({ key }));
      expect((await replica.send(mail({ key }))).id).toBe(id);
      const others = [
        await mailer.send(mail({ key, to: 'bob@example.com' })),
        await mailer.send(mail({ key: `${key}:reminder` })),
        await mailer.send(mail({ key, name: 'reminder' })),
        await other.send(mail({ key })),
        await mailer.send(mail()),
        await mailer.send(mail()),
      ];
      expect(new Set([id, ...others.map((sent) => sent.id)]).size).toBe(7);
      expect(id).toMatch(/^[0-9a-f]{32}@example\.com$/);
      await replica.close();
      await other.close();
    });

    it('takes many at once, each of them once', async () => {
      const sent = await Promise.all(
        Array.from({ length: 100 }, (_, index) => mailer.send(mail({ subject: `Number ${index}` }))),
      );
      const ids = sent.map(({ id }) => id);
      await expect
        .poll(async () => {
          const all = await arrivals();
          return ids.map((id) => all.filter(({ messageId }) => messageId === id).length);
        })
        .toEqual(ids.map(() => 1));
    });

    it('sends nothing once it is given up or closed', async () => {
      const before = (await arrivals()).length;
      const reason = new Error('nobody waits any more');
      await expect(mailer.send(mail(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const closed = await openMailer(url(), { ...portOptions(), from: FROM });
      await closed.close();
      await closed.close();
      await expect(closed.send(mail())).rejects.toMatchObject({ code: 'mail-unavailable', status: 503 });
      expect((await arrivals()).length).toBe(before);
    });
  });
}
