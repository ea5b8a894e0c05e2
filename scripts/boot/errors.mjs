// @ts-check

/** Something that the reader of the message has to act on: printed with its next steps, without a stack trace. */
export class BootError extends Error {
  /**
   * @param {string} message
   * @param {{ next?: readonly string[], exitCode?: number }} [options]
   */
  constructor(message, options = {}) {
    super(message);
    this.next = options.next ?? [];
    this.exitCode = options.exitCode ?? 1;
  }
}

const UNREACHABLE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|UND_ERR_\w+)\b/;
const LAST_LINES = 12;

/**
 * What a failed npm or pnpm means for the user.
 * @param {string} what what was being fetched, as in "could not fetch …"
 * @param {string} output everything that the program printed
 * @returns {BootError}
 */
export function installError(what, output) {
  const code = UNREACHABLE.exec(output)?.[1];
  if (code !== undefined) {
    return new BootError(`could not reach the npm registry for ${what} (${code})`, {
      next: [
        'check the network connection, then run the same command again: what has been fetched is kept',
        'behind a proxy or a private registry: npm config get registry, npm config get proxy',
      ],
    });
  }
  if (output.includes('ERR_PNPM_OUTDATED_LOCKFILE')) {
    return new BootError('pnpm-lock.yaml does not match the package.json files of this checkout', {
      next: ['run pnpm install and commit pnpm-lock.yaml, or restore the package.json that was edited'],
    });
  }
  const lines = output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  return new BootError(
    `could not install ${what}; the last lines were:\n${lines
      .slice(-LAST_LINES)
      .map((line) => `    ${line}`)
      .join('\n')}`,
  );
}
