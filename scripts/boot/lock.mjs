// One preparation at a time per checkout. The lock is a file that names its owner and that the owner touches every
// second; a dead or silent owner's lock is taken over.
// @ts-check
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { note } from './progress.mjs';

const BEAT = 1_000;
const POLL = 100;
/** Without a beat for this long the owner is gone, even if its process number lives on (reused, or another machine's). */
const SILENT = 30_000;

/**
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  const release = await acquire(file);
  try {
    return await work();
  } finally {
    release();
  }
}

/** @param {string} file */
async function acquire(file) {
  mkdirSync(dirname(file), { recursive: true });
  const me = JSON.stringify({ pid: process.pid, host: hostname(), since: Date.now() });
  for (let polls = 0; !create(file, me); polls += 1) {
    const holder = read(file);
    if (holder !== undefined && isGone(holder)) takeAway(file, holder.text);
    else {
      if (polls === 10)
        note(
          `waiting for another hometrip that prepares this checkout (process ${holder?.pid ?? 'unknown'})`,
        );
      await delay(POLL);
    }
  }
  const beat = setInterval(() => touch(file), BEAT);
  beat.unref();
  const release = () => {
    clearInterval(beat);
    process.removeListener('exit', release);
    if (read(file)?.text === me) rmSync(file, { force: true });
  };
  process.on('exit', release);
  return release;
}

/** @param {string} file @param {string} text @returns {boolean} whether the lock is ours */
function create(file, text) {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file @returns {{ text: string, pid?: number, host?: string, beat: number } | undefined} */
function read(file) {
  try {
    const beat = statSync(file).mtimeMs;
    const text = readFileSync(file, 'utf8');
    return { ...parse(text), text, beat };
  } catch {
    return undefined;
  }
}

/** @param {string} text @returns {{ pid?: number, host?: string }} */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // read between creation and the first write: only silence can tell
  }
}

/** @param {{ pid?: number, host?: string, beat: number }} holder */
function isGone({ pid, host, beat }) {
  if (Date.now() - beat > SILENT) return true;
  if (pid === undefined || host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

/** Moves the dead lock away; if somebody else was faster and the file is already theirs, gives it back. @param {string} file @param {string} expected */
function takeAway(file, expected) {
  const aside = `${file}.${process.pid}.gone`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== expected) linkSync(aside, file);
  } catch {
    // Gone already, or taken anew: the next round of the caller sees which.
  }
  rmSync(aside, { force: true });
}

/** @param {string} file */
function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Deleted under our feet (.toolchain removed by hand): what is being made fails by itself, or is whole.
  }
}
