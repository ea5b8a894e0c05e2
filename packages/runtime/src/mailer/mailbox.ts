import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address as ParsedAddress, Email } from 'postal-mime';

/** A mail in a local mailbox (`MAILER_URL=file:…`), by its headers. */
export interface MailSummary {
  /** For `readMail`: 32 hex digits. */
  readonly id: string;
  /** ISO instant. */
  readonly sentAt: string;
  readonly from: string;
  /** Everyone who would have got it, blind copies included. */
  readonly to: readonly string[];
  readonly subject: string;
  /** Bytes. */
  readonly size: number;
}

/** A mail in a local mailbox, read. */
export interface StoredMail extends MailSummary {
  readonly messageId: string;
  readonly text: string | undefined;
  /** As it was sent: show it in a frame without scripts and without the network. */
  readonly html: string | undefined;
  /** By their names in lower case; of those that occur more than once, the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly content: Uint8Array;
  }[];
}

/** Headers end long before. */
const HEAD_BYTES = 64 * 1024;

/** The newest first; none where there is no mailbox. @param folder Of the file system. */
export async function listMails(
  folder: string,
  { limit = 100 }: { readonly limit?: number } = {},
): Promise<readonly MailSummary[]> {
  const names = await readdir(folder).catch(noMailbox);
  const mails = await Promise.all(
    names
      .filter((name) => /^[\w-]+\.eml$/.test(name))
      .map(async (name) => ({ id: name.slice(0, -'.eml'.length), ...(await fileOf(join(folder, name))) })),
  );
  const newest = mails
    .filter((mail) => mail.size > 0)
    .sort((a, b) => (a.writtenAt < b.writtenAt ? 1 : -1))
    .slice(0, limit);
  const read = await Promise.all(
    newest.map(async ({ id, size }) => {
      const head = await headOf(join(folder, `${id}.eml`));
      return head === undefined ? [] : [summary(id, size, await parse(head))];
    }),
  );
  return read.flat();
}

/** Undefined when there is no such mail, or no more. */
export async function readMail(folder: string, id: string): Promise<StoredMail | undefined> {
  if (!/^[\w-]+$/.test(id)) return undefined;
  const content = await readFile(join(folder, `${id}.eml`)).catch(noMail);
  if (content === undefined) return undefined;
  const email = await parse(content);
  return {
    ...summary(id, content.length, email),
    messageId: (email.messageId ?? '').replace(/^<|>$/g, ''),
    text: email.text,
    html: email.html,
    headers: Object.fromEntries(email.headers.map(({ key, value }) => [key, value])),
    attachments: email.attachments.map(({ filename, mimeType, content: bytes }) => ({
      filename: filename ?? '',
      contentType: mimeType,
      content: typeof bytes === 'string' ? Buffer.from(bytes) : new Uint8Array(bytes),
    })),
  };
}

/** Whoever reads no mail loads no parser. */
async function parse(content: Buffer): Promise<Email> {
  const { default: PostalMime } = await import('postal-mime');
  return PostalMime.parse(content);
}

function summary(id: string, size: number, email: Email): MailSummary {
  const envelope = email.headers.find(({ key }) => key === 'x-envelope-to')?.value ?? '';
  return {
    id,
    sentAt: email.date ?? '',
    from: shown(email.from),
    to: envelope.split(',').map((address) => address.trim()),
    subject: email.subject ?? '',
    size,
  };
}

const shown = (address: ParsedAddress | undefined): string =>
  address?.address === undefined
    ? ''
    : address.name === ''
      ? address.address
      : `${address.name} <${address.address}>`;

async function fileOf(path: string): Promise<{ size: number; writtenAt: bigint }> {
  const file = await stat(path, { bigint: true }).catch(noMail);
  return { size: Number(file?.size ?? 0), writtenAt: file?.mtimeNs ?? 0n };
}

async function headOf(path: string): Promise<Buffer | undefined> {
  const file = await open(path).catch(noMail);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const end = buffer.subarray(0, bytesRead).indexOf('\r\n\r\n');
    return buffer.subarray(0, end === -1 ? bytesRead : end + 4);
  } finally {
    await file.close();
  }
}

/** Pruned meanwhile. */
function noMail(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function noMailbox(error: NodeJS.ErrnoException): string[] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
