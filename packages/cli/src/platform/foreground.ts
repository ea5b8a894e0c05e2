import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Another program in our place: same terminal, same signals. Resolves to its exit code, or to 128 and the number of the signal that
 * ended it, as shells have it.
 */
export function runInForeground(program: string, args: readonly string[], cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: 'inherit' });
    // A terminal sends Ctrl-C to both of us; what to do about it is the program's to decide.
    const ignore = (): void => undefined;
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGINT', ignore).on('SIGTERM', forward).on('SIGHUP', forward);
    const done = (): void => {
      process.off('SIGINT', ignore).off('SIGTERM', forward).off('SIGHUP', forward);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
