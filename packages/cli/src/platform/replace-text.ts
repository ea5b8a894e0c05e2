/** Replacing a file of the user's: in one step, with its mode and owner, and never what another program has just written. */
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { UserError } from './errors.ts';
import { readPlainBytes } from './plain-file.ts';

/** `read`: what the file held when the new text was made. A link stays one. @throws UserError when it holds something else by now. */
export function replaceText(path: string, read: Uint8Array, text: Uint8Array): void {
  const file = realpathSync(path);
  const { mode, uid, gid } = statSync(file);
  const partial = `${file}.${randomBytes(6).toString('hex')}.partial`;
  try {
    writeFileSync(partial, text, { mode: 0o600, flag: 'wx' });
    chmodSync(partial, mode & 0o7777);
    if (process.getuid?.() === 0) chownSync(partial, uid, gid);
    if (!readPlainBytes(file).equals(read))
      throw new UserError('it was changed by another program meanwhile, and nothing was written', {
        where: path,
        next: ['run the command again'],
      });
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
