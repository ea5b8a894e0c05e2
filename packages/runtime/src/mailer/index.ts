import { openersFor, openPort, type Opener } from '../port.ts';
import { Mailer, type MailerOptions } from './mailer.ts';
import type { MailAdapter } from './port.ts';

export type { MailAddress } from './address.ts';
export { MailRefusedError, MailUnavailableError } from './errors.ts';
export { listMails, readMail, type MailSummary, type StoredMail } from './mailbox.ts';
export { Mailer, type MailerOptions, type SendOptions, type Sent } from './mailer.ts';
export type { Attachment, Mail } from './message.ts';
export { DeliveryError, type DeliveryFailure, type MailAdapter, type Parcel, type Refusal } from './port.ts';
export {
  defineMail,
  html,
  text,
  type Html,
  type HtmlValue,
  type MailContent,
  type MailTemplate,
  type Text,
  type TextValue,
} from './template.ts';

const openers: readonly Opener<MailAdapter, MailerOptions>[] = [
  {
    schemes: ['file:'],
    open: async (url, options) => (await import('./file.ts')).openFileMailbox(url, options),
  },
  {
    schemes: ['smtp:', 'smtps:'],
    open: async (url, options) => (await import('./smtp/adapter.ts')).openSmtp(url, options),
  },
];

/**
 * @param url `smtps://user@host:465`, `smtp://user@host:587` (STARTTLS), or `file:///…/mail`: a local mailbox, from which nothing is
 * sent. Nothing is connected until the first mail.
 */
export async function openMailer(url: URL, options: MailerOptions): Promise<Mailer> {
  return new Mailer(
    await openPort('mailer', openersFor(options.adapters?.mailer, openers), url, options),
    options,
  );
}
