/** The bytes of services.yaml: the only place of the spec's pipeline that touches the disk. */
import { open } from 'node:fs/promises';
import { UserError } from '../platform/errors.ts';
import { FileProblem, fileProblem, kindOfStrange, PLAIN } from '../platform/plain-file.ts';
import { maxBytes } from '../spec/read.ts';

/** Never more than a spec may have and one byte, whatever its size. */
export async function readSpecFile(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file, PLAIN);
    const strange = kindOfStrange(await handle.stat());
    if (strange !== undefined) throw new FileProblem(strange, false);
    const buffer = new Uint8Array(maxBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length);
    }
  } catch (cause) {
    const { message } = cause instanceof FileProblem ? cause : fileProblem(cause);
    throw new UserError(`it cannot be read: ${message}`, {
      where: file,
      next: ['put the text of services.yaml there, or name the folder of a project with --project FOLDER'],
      cause,
    });
  }
}
