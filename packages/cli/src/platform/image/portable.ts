/** Bundles whose text says nothing of where they were made. */
import { createHash } from 'node:crypto';

/**
 * The compiler writes the path of each module above its code, and as the name of the function that holds a CommonJS
 * module. `labels`: what to write instead. No line comes or goes, so that source maps stay true.
 */
export function withPortablePaths(text: string, labels: ReadonlyMap<string, string>): string {
  const label = (path: string): string => (labels.get(path) ?? path).replaceAll('\\', '/');
  return text
    .replaceAll(/^\/\/ (.+)$/gm, (_, path: string) => `// ${label(path)}`)
    .replaceAll(
      /^((?:var \w+ = __(?:commonJS|esm)\(\{)?\s*)"((?:[^"\\\n]|\\.)+)"\(/gm,
      (_, before: string, path: string) =>
        `${before}${JSON.stringify(label(JSON.parse(`"${path}"`) as string))}(`,
    );
}

/** `chunks/late-AAAAAAAA.js`: the compiler's hash, by which a chunk is known wherever its name stands. */
const HASH = /-[0-9A-Z]{8}\.js/g;
const hashOf = (path: string): string | undefined => /-[0-9A-Z]{8}\.js$/.exec(path)?.[0];

/**
 * Chunks named by their contents and by those of the chunks that they lead to, in place of the compiler's names, which
 * depend on where the code lies. What a name stands for never changes, so an interrupted build mixes nothing.
 */
export function named(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const chunks = new Map(
    [...files].flatMap(([path, text]): [string, string][] => {
      const hash = hashOf(path);
      return hash === undefined ? [] : [[hash, text]];
    }),
  );
  const replaced = (text: string, by: (hash: string) => string): string =>
    text.replaceAll(HASH, (hash) => (chunks.has(hash) ? by(hash) : hash));
  const bare = new Map([...chunks].map(([hash, text]) => [hash, digest(replaced(text, () => '.js'))]));
  const next = new Map(
    [...chunks].map(([hash, text]) => [hash, (text.match(HASH) ?? []).filter((one) => chunks.has(one))]),
  );
  const names = new Map(
    [...chunks.keys()].map((hash) => {
      const reached = [...reachedFrom(hash, next)].map((one) => bare.get(one)).sort();
      return [hash, `-${digest([bare.get(hash), ...reached].join(' '))}.js`];
    }),
  );
  const renamed = (text: string): string => replaced(text, (hash) => names.get(hash) ?? hash);
  return new Map([...files].map(([path, text]) => [renamed(path), renamed(text)]));
}

function reachedFrom(start: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = [start];
  for (let hash = queue.pop(); hash !== undefined; hash = queue.pop()) {
    if (reached.has(hash)) continue;
    reached.add(hash);
    queue.push(...(next.get(hash) ?? []));
  }
  return reached;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
