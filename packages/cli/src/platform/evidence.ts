/**
 * What a result was made from, noted by whoever reads it at the moment of reading. Where all of it reads the same again, the
 * result is the same: contents are compared, never times or sizes, so that no clock, checkout or edit can deceive.
 */
import { hash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FileProblem, fileProblem, readPlainBytes } from './plain-file.ts';

/** What there is to read at a path: each kind has one way to read it, which gives a token. */
export type Kind = 'text' | 'names' | 'node' | 'history';
/** By kind and path (`text /project/services.yaml`), what was read there. */
export type Seen = Readonly<Record<string, string>>;

export const ABSENT = '-';

export class Evidence {
  readonly #seen = new Map<string, string>();
  #torn = false;

  note(kind: Kind, path: string, token: string): void {
    const what = `${kind} ${path}`;
    const before = this.#seen.get(what);
    if (before !== undefined && before !== token) this.#torn = true;
    this.#seen.set(what, token);
  }

  tokenOf(what: string): string | undefined {
    return this.#seen.get(what);
  }

  add(other: Evidence): void {
    for (const [what, token] of other.#seen) this.#seen.set(what, token);
    this.#torn ||= other.#torn;
  }

  /** Undefined when something was seen in two states: what comes of that is the result of neither. */
  seen(): Seen | undefined {
    return this.#torn ? undefined : Object.fromEntries(this.#seen);
  }
}

/** The bytes of a file; undefined when there is none. @throws FileProblem when something else is there, or it may not be read */
export function readSeen(path: string, evidence?: Evidence): Buffer | undefined {
  try {
    const bytes = readPlainBytes(path);
    evidence?.note('text', path, hash('sha256', bytes));
    return bytes;
  } catch (error) {
    const problem = error instanceof FileProblem ? error : fileProblem(error);
    evidence?.note('text', path, problem.missing ? ABSENT : `? ${problem.message}`);
    if (problem.missing) return undefined;
    throw problem.cause ?? problem;
  }
}

/** Names of a folder, sorted, those of folders with a slash behind; undefined when there is none. */
export function listSeen(folder: string, evidence?: Evidence): readonly string[] | undefined {
  const names = absentAsUndefined(() =>
    readdirSync(folder, { withFileTypes: true })
      .map((entry) =>
        entry.isFile() ? entry.name : entry.isDirectory() ? `${entry.name}/` : `${entry.name}?`,
      )
      .sort(),
  );
  evidence?.note('names', folder, names === undefined ? ABSENT : hash('sha256', JSON.stringify(names)));
  return names;
}

/** Whether everything reads as it did. @param others The token of what is at a path, for the kinds that others read. */
export function stillSeen(
  seen: Seen,
  others: Readonly<Record<Exclude<Kind, 'text' | 'names'>, (path: string) => string>>,
): boolean {
  const now = new Evidence();
  const look: Record<Kind, (path: string) => void> = {
    text: (path) => void readSeen(path, now),
    names: (path) => void listSeen(path, now),
    node: (path) => now.note('node', path, others.node(path)),
    history: (path) => now.note('history', path, others.history(path)),
  };
  for (const what of Object.keys(seen)) {
    const at = what.indexOf(' ');
    const kind = what.slice(0, at);
    if (!Object.hasOwn(look, kind)) return false;
    look[kind as Kind](what.slice(at + 1));
    if (now.tokenOf(what) !== seen[what]) return false;
  }
  return true;
}

export interface Below {
  /** Paths of all files, relative to the folder, sorted. */
  readonly files: readonly string[];
  /** What is neither a file nor a folder: links, pipes, sockets. */
  readonly strange: readonly string[];
}

/** What is below a folder; nothing when there is no such folder. Links are named, never followed. */
export function below(root: string, skip: (name: string) => boolean, evidence?: Evidence): Below {
  const files: string[] = [];
  const strange: string[] = [];
  const walk = (folder: string): void => {
    for (const name of listSeen(join(root, folder), evidence) ?? []) {
      const path = `${folder}${name}`;
      if (skip(name.replace(/[/?]$/, ''))) continue;
      if (name.endsWith('/')) walk(path);
      else if (name.endsWith('?')) strange.push(path.slice(0, -1));
      else files.push(path);
    }
  };
  walk('');
  return { files: files.sort(), strange: strange.sort() };
}

/** Paths of all files below a folder, relative to it, sorted; empty when there is no such folder. */
export const filesBelow = (
  root: string,
  skip: (name: string) => boolean,
  evidence?: Evidence,
): readonly string[] => below(root, skip, evidence).files;

function absentAsUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
