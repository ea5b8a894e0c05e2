/**
 * The files of Swagger UI, which a bundle cannot hold.
 *
 * @setting HOMETRIP_HOME Folder of the installed `@hometrip/runtime`, from where a bundled gateway finds the pages of its API documentation.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Environment } from '../../settings.ts';

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
  readonly gzipped: Buffer;
  readonly etag: string;
}

const PACKAGE = 'swagger-ui-dist';

/**
 * Beside this code (unbundled, and in an image that has the package in its node_modules), else as the runtime that
 * HOMETRIP_HOME names finds it. Undefined when it is nowhere: then there is a document, but no page.
 */
export function assetFolder(env: Environment): string | undefined {
  const home = env['HOMETRIP_HOME'];
  const places = [import.meta.url, ...(home === undefined ? [] : [join(home, 'package.json')])];
  for (const place of places) {
    try {
      return dirname(createRequire(place).resolve(`${PACKAGE}/package.json`));
    } catch {
      // Not from here: the next place.
    }
  }
  return undefined;
}

/** Read and compressed when somebody first asks. */
export class Assets {
  readonly #folder: string;
  readonly #kept = new Map<string, Promise<Asset>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  get(file: string, type: string): Promise<Asset> {
    let asset = this.#kept.get(file);
    if (asset === undefined) {
      asset = readFile(join(this.#folder, file)).then((bytes) => compressed(bytes, type));
      asset.catch(() => this.#kept.delete(file));
      this.#kept.set(file, asset);
    }
    return asset;
  }
}

export async function compressed(bytes: Buffer, type: string): Promise<Asset> {
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { type, bytes, etag, gzipped: await promisify(gzip)(bytes) };
}
