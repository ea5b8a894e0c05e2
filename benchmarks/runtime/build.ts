/** Ours as it runs in production: bundled as the CLI bundles services. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildServices, bundlePath } from '../../packages/cli/src/platform/build-services.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** @returns where the module of a contestant is. */
export async function buildOurs(): Promise<(file: string) => string> {
  const entries = { 'hometrip.ts': here('hometrip.ts'), 'hometrip-parts.ts': here('hometrip-parts.ts') };
  const { dir } = await buildServices({ project: here('.'), outDir: here('dist'), entries });
  return (file) =>
    (file in entries ? pathToFileURL(bundlePath(dir, file)) : new URL(file, import.meta.url)).href;
}
