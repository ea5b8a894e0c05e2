import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listMails, readMail, type StoredMail } from '../mailer/index.ts';

export interface TestMailbox {
  readonly folder: string;
  /** The newest first. */
  mails(): Promise<readonly StoredMail[]>;
  remove(): Promise<void>;
}

/** A local mailbox in a folder of its own. */
export async function testMailbox(): Promise<TestMailbox> {
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-test-mail-'));
  return {
    folder,
    async mails() {
      const listed = await listMails(folder);
      const read = await Promise.all(listed.map(({ id }) => readMail(folder, id)));
      return read.filter((mail) => mail !== undefined);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
