/**
 * Checks requests against what Elasticsearch 9 publishes about its own API: the types of its official client. They are written out as
 * literals, of which the compiler knows every property and every word, and refuses those that the types do not have.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Recorded } from '../../../../../../tests/servers/recorder.ts';

const require = createRequire(import.meta.url);
const client = dirname(require.resolve('@elastic/elasticsearch/package.json'));
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');

/** How requests are called there, and what is in their path. */
const SHAPES: readonly [method: string, path: RegExp, type: string, fromPath?: object][] = [
  ['POST', /\/_search$/, 'SearchRequest'],
  ['POST', /\/_bulk$/, 'BulkOperationContainer'],
  ['POST', /^\/_aliases$/, 'IndicesUpdateAliasesRequest'],
  ['POST', /^\/_reindex$/, 'ReindexRequest'],
  ['POST', /\/_delete_by_query$/, 'DeleteByQueryRequest', { index: 'i' }],
  ['PUT', /\/_mapping$/, 'IndicesPutMappingRequest', { index: 'i' }],
  ['PUT', /^\/[^/_][^/]*$/, 'IndicesCreateRequest', { index: 'i' }],
];

/** @returns what the compiler has to say: nothing if all have the shapes of Elasticsearch 9. */
export async function shapeErrors(requests: readonly Recorded[]): Promise<string> {
  const literals = new Set(requests.flatMap(literalsOf));
  const text = [
    `import type * as T from ${JSON.stringify(join(client, 'lib/api/types.js'))};`,
    ...[...literals].map((literal, at) => `export const r${at}: ${literal};`),
  ].join('\n');
  const folder = await mkdtemp(join(tmpdir(), 'shapes-'));
  await writeFile(join(folder, 'shapes.ts'), text);
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'esnext'];
  try {
    return await new Promise((resolve) =>
      execFile(process.execPath, [compiler, ...options, 'shapes.ts'], { cwd: folder }, (_, output) =>
        resolve(output),
      ),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

function literalsOf({ method, path, bodies }: Recorded): string[] {
  const shape = SHAPES.find(([verb, pattern]) => verb === method && pattern.test(path));
  if (shape === undefined) throw new Error(`No shape is known for ${method} ${path}.`);
  const [, , type, fromPath] = shape;
  // Of a bulk every other line is a document.
  const own = type === 'BulkOperationContainer' ? bodies.filter((_, at) => at % 2 === 0) : bodies;
  return own.map((body) => `T.${type} = ${literal({ ...fromPath, ...body })}`);
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, item]) => {
    // A field of that name would be taken for the method of texts.
    const key = JSON.stringify(name === 'at' ? 'place' : name);
    // In the union of all that one may sort by the compiler does not find this one.
    if (name === '_geo_distance') return `${key}: ${literal(item)} satisfies T.GeoDistanceSort as never`;
    return `${key}: ${literal(item)}`;
  });
  return `{ ${fields.join(', ')} }`;
}
