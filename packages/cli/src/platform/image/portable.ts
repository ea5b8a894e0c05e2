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

const HASHED = /[\w$.~-]+-[0-9A-Z]{8}\.js/g;
const withoutHash = (name: string): string => name.replace(/-[0-9A-Z]{8}\.js$/, '');

/**
 * Chunks named by their contents and by those of the chunks that they lead to, in place of the compiler's names, which
 * depend on where the code lies. What a name stands for never changes, so an interrupted build mixes nothing.
 */
export function named(files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const chunks = new Map([...files].filter(isChunk).map(([path, text]) => [baseName(path), text]));
  const replaced = (text: string, by: (name: string) => string): string =>
    text.replaceAll(HASHED, (name) => (chunks.has(name) ? by(name) : name));
  const bare = new Map([...chunks].map(([name, text]) => [name, digest(replaced(text, withoutHash))]));
  const next = new Map(
    [...chunks].map(([name, text]) => [name, (text.match(HASHED) ?? []).filter((one) => chunks.has(one))]),
  );
  const names = new Map(
    [...chunks.keys()].map((name) => {
      const reached = [...reachedFrom(name, next)].map((one) => bare.get(one)).sort();
      return [name, `${withoutHash(name)}-${digest([bare.get(name), ...reached].join(' '))}.js`];
    }),
  );
  const renamed = (text: string): string => replaced(text, (name) => names.get(name) ?? name);
  return new Map([...files].map(([path, text]) => [renamed(path), renamed(text)]));
}

const isChunk = ([path]: readonly [path: string, text: string]): boolean => /-[0-9A-Z]{8}\.js$/.test(path);

function reachedFrom(start: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = [start];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    queue.push(...(next.get(name) ?? []));
  }
  return reached;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
