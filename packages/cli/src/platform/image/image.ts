/** What an image of a service holds beside Node: `dist/` of the service, which its Dockerfile copies. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { runtimeFolder } from '../installation.ts';
import { bundleForImage } from './bundle.ts';
import { type Files, writeFolder } from './folder.ts';

export interface ImageRequest {
  readonly project: string;
  /** Folder of the service's package. */
  readonly folder: string;
  /** Files of packages of the runtime that it serves: `swagger-ui-dist/swagger-ui.css`. */
  readonly assets: readonly string[];
}

export interface BuiltImage {
  /** Folder that the Dockerfile copies. */
  readonly dist: string;
  readonly files: number;
  readonly bytes: number;
  /** False when it was there already, byte by byte. */
  readonly changed: boolean;
}

export const distFolder = (folder: string): string => join(folder, 'dist');

/** @throws CompileFailure */
export async function imageFiles({ project, folder, assets }: ImageRequest): Promise<Files> {
  const bundle = await bundleForImage({ project, folder });
  const migrations = sqlIn(join(folder, 'migrations'));
  return new Map<string, Uint8Array | string>([
    [
      'package.json',
      `${JSON.stringify({ name: basename(folder), private: true, type: 'module' }, null, 2)}\n`,
    ],
    ...migrations.map((name): [string, Uint8Array] => [
      `migrations/${name}`,
      readFileSync(join(folder, 'migrations', name)),
    ]),
    ...assets
      .toSorted()
      .map((asset): [string, Uint8Array] => [`node_modules/${asset}`, assetOf(project, asset)]),
    ...[...bundle]
      .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
      .map(([name, text]): [string, string] => [`bundle/${name}`, text]),
  ]);
}

export async function writeImage(folder: string, files: Files): Promise<BuiltImage> {
  const dist = distFolder(folder);
  const changed = await writeFolder(dist, files);
  const bytes = [...files.values()].reduce((sum, contents) => sum + Buffer.byteLength(contents), 0);
  return { dist, files: files.size, bytes, changed };
}

/** The entry comes last: it leads to all others. */
const rank = (name: string): number => (name === 'main.js' ? 1 : 0);

function sqlIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort();
  } catch {
    return [];
  }
}

function assetOf(project: string, asset: string): Uint8Array {
  const [, name = asset, file = ''] = /^((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(asset) ?? [];
  try {
    const resolve = createRequire(join(runtimeFolder(project), 'package.json')).resolve;
    return readFileSync(join(dirname(resolve(`${name}/package.json`)), file));
  } catch (error) {
    throw new UserError(`the image needs ${asset}, which is not installed`, {
      next: [`install the packages of the project again, or add the package: npm install ${name}`],
      cause: error,
    });
  }
}
