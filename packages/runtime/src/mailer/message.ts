import { hash, randomUUID } from 'node:crypto';
import { type MailAddress, type Mailbox, parseAddress, singleLine } from './address.ts';
import type { Parcel } from './port.ts';
import type { MailContent } from './template.ts';

/** A file that goes with a mail. */
export interface Attachment {
  /** As it is shown, without a folder: `invoice.pdf`. */
  readonly filename: string;
  readonly content: string | Uint8Array;
  /** Default: by the name. */
  readonly contentType?: string | undefined;
}

/** What is sent, to whom. */
export interface Mail extends MailContent {
  readonly to: MailAddress | readonly MailAddress[];
  readonly cc?: readonly MailAddress[] | undefined;
  /** They get it, and other recipients do not see that. */
  readonly bcc?: readonly MailAddress[] | undefined;
  readonly replyTo?: MailAddress | undefined;
  /** Default: the sender of MAILER_FROM. */
  readonly from?: MailAddress | undefined;
  /**
   * Names what this mail is about, `${event.id}:guest`: the same key to the same recipients has the same Message-ID, whenever and
   * from whichever replica it is sent. Default: every mail is another one.
   */
  readonly key?: string | undefined;
  /** Further ones: `{ 'List-Unsubscribe': '<https://…>' }`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
}

/** Many servers take no more recipients at once (RFC 5321, 4.5.3.1.8), and hardly one takes longer messages. */
const MOST_RECIPIENTS = 100;
const MOST_BYTES = 20 * 2 ** 20;

/** Made by the port, or by what signs and passes on a message. */
const OWN_HEADERS =
  /^(?:from|sender|to|cc|bcc|reply-to|subject|date|message-id|mime-version|content-.*|return-path|received|dkim-signature|x-envelope-to)$/i;

export interface ComposeOptions {
  readonly service: string;
  readonly from: Mailbox;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** @throws TypeError, before anything is sent, for what cannot be a mail; the message says nothing of its content. */
export async function compose(mail: Mail, { service, from, now }: ComposeOptions): Promise<Parcel> {
  const sender = mail.from === undefined ? from : parseAddress(mail.from, 'the sender');
  const to = parseAll(Array.isArray(mail.to) ? mail.to : [mail.to as MailAddress], 'recipient');
  const cc = parseAll(mail.cc ?? [], 'recipient of a copy');
  const bcc = parseAll(mail.bcc ?? [], 'recipient of a blind copy');
  const recipients = [...new Set([...to, ...cc, ...bcc].map(({ address }) => address))];
  if (to.length === 0) throw new TypeError('a mail needs a recipient');
  if (recipients.length > MOST_RECIPIENTS)
    throw new TypeError(`a mail has ${MOST_RECIPIENTS} recipients at most: send several`);
  const id = `${idOf(service, mail, recipients)}@${sender.address.slice(sender.address.lastIndexOf('@') + 1)}`;
  // Loaded with the first mail, not with the service.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const content = await new MailComposer({
    from: sender,
    to,
    cc,
    replyTo: mail.replyTo === undefined ? undefined : parseAddress(mail.replyTo, 'the address for replies'),
    subject: singleLine(mail.subject),
    date: new Date(now),
    messageId: `<${id}>`,
    text: mail.text,
    html: mail.html,
    // RFC 3834: out-of-office notes are not answers to a program.
    headers: { 'Auto-Submitted': 'auto-generated', ...checkedHeaders(mail.headers ?? {}) },
    attachments: (mail.attachments ?? []).map(attachment),
    newline: 'win',
    // Whatever content says, nothing is read or fetched for it.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
  if (content.length > MOST_BYTES)
    throw new TypeError(`a mail has ${MOST_BYTES / 2 ** 20} MB at most: send a link to what is larger`);
  return { id, from: sender.address, to: recipients, content };
}

/** Keys are often ids that others know; what they name stays between the service and its recipients. */
function idOf(service: string, { key, name }: Mail, recipients: readonly string[]): string {
  if (key === undefined) return randomUUID().replaceAll('-', '');
  if (key === '')
    throw new TypeError('the key of a mail is empty: leave it out, or name what the mail is about');
  return hash('sha256', JSON.stringify([service, name, key, [...recipients].sort()])).slice(0, 32);
}

const parseAll = (addresses: readonly MailAddress[], what: string): Mailbox[] =>
  addresses.map((address, index) => parseAddress(address, `${what} ${index + 1}`));

function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[A-Za-z][A-Za-z0-9-]{0,75}$/.test(name)) throw new TypeError('the name of a header is not valid');
    if (OWN_HEADERS.test(name)) throw new TypeError(`the header ${name} is not given in headers`);
    if (typeof value !== 'string' || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(value) || value.length > 2_000)
      throw new TypeError(
        `the header ${name} must be one line of text, without control characters, of 2000 characters at most`,
      );
  }
  return { ...headers };
}

function attachment({ filename, content, contentType }: Attachment) {
  if (filename === '' || /[\p{Cc}\p{Cf}/\\]/u.test(filename))
    throw new TypeError('the name of an attachment must be one of a file, without a folder');
  if (contentType !== undefined && !/^[\w.+-]+\/[\w.+-]+(?:; ?[\w-]+=[\w.+-]+)*$/.test(contentType))
    throw new TypeError('the content type of an attachment is not valid: write application/pdf');
  return {
    filename,
    content: typeof content === 'string' ? content : Buffer.from(content),
    contentType,
  };
}
