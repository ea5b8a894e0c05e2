/** The bytes of services.yaml: the only place of the spec's pipeline that touches the disk. */
import { open } from 'node:fs/promises';
import { UserError } from '../platform/errors.ts';
import { maxBytes } from '../spec/read.ts';

/** Never more than a spec may have and one byte, whatever the file is: a device or pipe has no size to ask for. */
export async function readSpecFile(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file, 'r');
    const buffer = new Uint8Array(maxBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'it is a folder'
          : code === 'EACCES'
            ? 'permission denied'
            : String(code ?? cause);
    throw new UserError(`Cannot read ${file}: ${reason}`, {
      next: ['Run hometrip in the folder of services.yaml, or name the file with --file.'],
      cause,
    });
  }
}
