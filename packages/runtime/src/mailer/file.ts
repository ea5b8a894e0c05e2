import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PortOptions } from '../port.ts';
import { DeliveryError, type MailAdapter, type Parcel, type Refusal } from './port.ts';

const DEFAULT_LIMIT = 1_000;
/** What a process that died was writing. */
const LEFT_OVER_MS = 3_600_000;

/**
 * A folder in which each mail is a file that any mail program opens: for development, where mail goes to nobody. Several processes
 * may share it. A mail whose id is there already is not written again.
 */
class FileMailbox implements MailAdapter {
  readonly #folder: string;
  readonly #limit: number;
  #closed = false;

  constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
  }

  async deliver({ id, from, to, content }: Parcel, signal: AbortSignal): Promise<readonly Refusal[]> {
    if (signal.aborted || this.#closed) throw new DeliveryError('away', 'given up before it was written');
    const partial = join(this.#folder, `.${randomUUID()}.part`);
    // As the last server on the way would note them, for whom the message itself does not name.
    const trace = `Return-Path: <${from}>\r\nX-Envelope-To: ${to.join(',\r\n ')}\r\n`;
    try {
      // Whoever clears it away may remove it whole.
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(partial, Buffer.concat([Buffer.from(trace), content]), {
        mode: 0o600,
        flag: 'wx',
        flush: true,
      });
      // Unlike a rename, it leaves alone what is there: of two processes with the same mail one is first.
      await link(partial, join(this.#folder, `${id.split('@')[0]}.eml`)).catch(isThere);
      await this.#prune();
    } catch (error) {
      throw new DeliveryError(
        'away',
        `the mailbox cannot be written (${(error as NodeJS.ErrnoException).code})`,
      );
    } finally {
      await rm(partial, { force: true }).catch(() => undefined);
    }
    return [];
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  /** Down to nine tenths, so that the ages of all files are not asked for with every mail. */
  async #prune(): Promise<void> {
    const names = await readdir(this.#folder);
    if (names.length <= this.#limit) return;
    const files = await Promise.all(
      names.map(async (name) => ({
        path: join(this.#folder, name),
        isMail: name.endsWith('.eml'),
        at: (await stat(join(this.#folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
      })),
    );
    const mails = files.filter(({ isMail }) => isMail).sort((a, b) => b.at - a.at);
    const old = mails.slice(Math.ceil(this.#limit * 0.9));
    const leftOver = files.filter(({ path, at }) => path.endsWith('.part') && Date.now() - at > LEFT_OVER_MS);
    await Promise.all([...old, ...leftOver].map(({ path }) => rm(path, { force: true })));
  }
}

function isThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** @param url `file:///var/lib/shop/mail?limit=1000`: how many mails are kept, the newest ones. */
export async function openFileMailbox(url: URL, { log }: PortOptions): Promise<MailAdapter> {
  const folder = fileURLToPath(new URL(url.pathname, url));
  const limit = Number(url.searchParams.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100_000)
    throw new Error('the limit of a mailbox is a whole number of mails from 1 to 100000');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  log.warn({ folder }, 'Mail is not delivered: it is kept in a folder, since MAILER_URL names one');
  return new FileMailbox(folder, limit);
}
