/** The background process of one stack: `node main.js <project>`. */
import { randomBytes } from 'node:crypto';
import { renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { POSTGRES } from '../../../model/own-processes.ts';
import { prepareStateDir, stateDir, type StateDir } from '../../../platform/state-dir.ts';
import { codeVersion, noteSocketPath, socketPath } from '../control/protocol.ts';
import { serveControl } from '../control/server.ts';
import { acquireLock } from '../lock.ts';
import { logSources, rotateIfLarge } from '../logs/files.ts';
import { ensureSecretsOfServer } from '../secrets.ts';
import { marker, stackId } from '../processes.ts';
import { createJournal, writeLine } from './journal.ts';
import { Supervisor } from './supervisor.ts';

const LOG_LIMIT = 10 << 20;
const ROTATION_MS = 2_000;

const version = codeVersion();
const journal = createJournal(writeLine, () => new Date());
const dir = stateDir(process.argv[2] ?? '.');
await prepareStateDir(dir);
const lock = await acquireLock(dir.run, {
  pid: process.pid,
  marker: marker(stackId(dir.root), 'supervisor'),
});
if (lock === undefined) process.exit(0); // another one was faster
journal('info', 'the supervisor started', { pid: process.pid });

// The terminal that started us may close; Ctrl-C there is meant for the command, not for the stack.
process.on('SIGHUP', () => undefined);
process.on('SIGINT', () => undefined);
process.on('uncaughtException', note);
process.on('unhandledRejection', note);

ensureSecretsOfServer(dir);
const supervisor = new Supervisor(
  dir,
  {
    migrate: async (url, folder) => (await import('@hometrip/runtime/migrations')).migrate(url, folder),
    migrationStatus: async (url, folder) =>
      (await import('@hometrip/runtime/migrations')).migrationStatus(url, folder),
  },
  journal,
);
await supervisor.recover();
const path = socketPath(dir);
noteSocketPath(dir, path);
await serveControl(path, {
  supervisor,
  version,
  handover() {
    journal('info', 'the supervisor ends: one of another version takes over', { pid: process.pid });
    lock.release();
    process.exit(0);
  },
  async finished() {
    journal('info', 'everything is stopped, the supervisor ends', { pid: process.pid });
    clean(dir, path);
    setImmediate(() => setTimeout(() => process.exit(0), 20));
  },
});
// Told to end, not to take the stack along: the next command starts another supervisor.
process.on('SIGTERM', () => {
  journal('info', 'the supervisor was told to end; what it started goes on', { pid: process.pid });
  lock.release();
  process.exit(0);
});
setInterval(() => void rotate(), ROTATION_MS);

/** A mistake of ours must not end what watches over the stack. */
function note(error: unknown): void {
  const msg = error instanceof Error ? (error.stack ?? error.message) : String(error);
  journal('error', msg);
}

async function rotate(): Promise<void> {
  for (const { path: file, service } of await logSources(dir.logs))
    if (service !== POSTGRES) rotateIfLarge(file, LOG_LIMIT);
}

/**
 * Nothing of a stopped stack stays but its data, logs, secrets and bundles. In one step: the next supervisor may be making
 * a folder of its own already.
 */
function clean(state: StateDir, socket: string): void {
  const past = `${state.run}.${randomBytes(6).toString('hex')}.past`;
  try {
    if (!socket.startsWith(state.root)) rmSync(socket, { force: true });
    renameSync(state.run, past);
    rmSync(past, { recursive: true, force: true });
    if (!socket.startsWith(state.root)) rmdirSync(dirname(socket));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Another stack's sockets are in the shared folder, or a second command was faster.
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY') note(error);
  }
}
