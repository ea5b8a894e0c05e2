/** Changes of files as batches: editors save by renaming, and a checkout of another branch changes hundreds at once. */
import { watch } from 'chokidar';

export interface Watcher {
  /** More files or folders; what is watched already stays. */
  add(paths: readonly string[]): void;
  /** What has changed and was not taken yet. */
  pending(): readonly string[];
  /** Absolute paths, each once, when nothing more has come for a moment; none when aborted. */
  next(signal: AbortSignal): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** As long as an editor needs between the steps of one save. */
const QUIET_MS = 20;
/** What goes on for longer is answered in between. */
const MOST_MS = 250;

/** Resolves when all of it is watched: what is saved from then on is not missed. What does not exist yet may come to be. */
export async function watchFiles(paths: readonly string[]): Promise<Watcher> {
  const changed = new Set<string>();
  let first = 0;
  let last = 0;
  let wake: () => void = () => undefined;
  const watcher = watch([...paths], {
    ignoreInitial: true,
    // A folder called node_modules is a tree of its own, and none of ours.
    ignored: (path) => /[/\\]node_modules(?:[/\\]|$)/.test(path),
  });
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return;
    last = performance.now();
    if (changed.size === 0) first = last;
    changed.add(path);
    wake();
  });
  // A limit of the system, or a folder that may not be read: what can be watched is.
  watcher.on('error', () => undefined);
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  const waitMs = (): number =>
    changed.size === 0
      ? Number.POSITIVE_INFINITY
      : Math.min(last + QUIET_MS, first + MOST_MS) - performance.now();
  return {
    add: (more) => void watcher.add([...more]),
    pending: () => [...changed],
    async next(signal) {
      while (!signal.aborted && waitMs() > 0) await pause(waitMs(), signal, (now) => (wake = now));
      if (signal.aborted) return [];
      const batch = [...changed].sort();
      changed.clear();
      return batch;
    },
    close: () => watcher.close(),
  };
}

/** Until the time is over, or somebody wakes it. */
function pause(ms: number, signal: AbortSignal, wakes: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = Number.isFinite(ms) ? setTimeout(end, ms) : undefined;
    signal.addEventListener('abort', end, { once: true });
    wakes(end);
  });
}
