/** What the CLI and the supervisor say to each other: HTTP over a Unix socket that only the user may open. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type StateDir, writeFileAtomic } from '../../../platform/state-dir.ts';
import { UserError } from '../../../platform/errors.ts';
import type { DriverEvent, Operation } from '../../driver.ts';
import type { EmbeddedDesired } from '../desired.ts';
import { supervisorEntry } from '../entries.ts';
import { readNote } from '../state-files.ts';
import type { ErrorData } from '../supervisor/root-cause.ts';

/** Raised with every change of what follows. `GET /version` and `POST /handover` stay for ever. */
const PROTOCOL = 1;

/** Of the code that a supervisor runs: after an update of hometrip, a supervisor of the new version takes over. */
export function codeVersion(): string {
  return `${PROTOCOL}-${createHash('sha256').update(readFileSync(supervisorEntry())).digest('hex').slice(0, 12)}`;
}

export interface PerformRequest {
  readonly desired: EmbeddedDesired;
  readonly operations: readonly Operation[];
}

/** One line each; the last is `done` or `failed`. */
export type StreamLine =
  | { readonly type: 'event'; readonly event: DriverEvent }
  | { readonly type: 'done' }
  | { readonly type: 'failed'; readonly error: ErrorData };

/** sun_path holds 104 bytes on macOS, 108 on Linux. */
const MAX_SOCKET_PATH = 100;

/** Where the supervisor listens: the place that it noted down, for commands whose environment names other folders. */
export function socketPath(dir: StateDir): string {
  const near = join(dir.run, 'control.sock');
  if (Buffer.byteLength(near) <= MAX_SOCKET_PATH) return near;
  const noted = readNote(noteFile(dir));
  return noted !== undefined && isPrivate(dirname(noted)) ? noted : farPath(dir);
}

export const noteSocketPath = (dir: StateDir, path: string): void =>
  writeFileAtomic(noteFile(dir), JSON.stringify(path));

const noteFile = (dir: StateDir): string => join(dir.run, 'control.json');

function farPath(dir: StateDir): string {
  const folder = join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), `hometrip-${process.getuid?.() ?? 'user'}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isPrivate(folder)) {
    throw new UserError('the folder for control sockets belongs to another user', {
      where: folder,
      next: ['set XDG_RUNTIME_DIR to a folder of your own, or move the project to a shorter path'],
    });
  }
  return join(folder, `${createHash('sha256').update(dir.root).digest('hex').slice(0, 16)}.sock`);
}

/** A folder that nobody else can put a socket into. */
function isPrivate(folder: string): boolean {
  const info = lstatSync(folder, { throwIfNoEntry: false });
  const uid = process.getuid?.();
  return info?.isDirectory() === true && (info.mode & 0o077) === 0 && (uid === undefined || info.uid === uid);
}
