/** For tests: a service as it is generated from a spec, running in this process on a database of its own. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OpenApiDocument } from '@hometrip/runtime/openapi';
import { startService, type TestService } from '@hometrip/runtime/testing';
import { camelCase } from '../../model/names.ts';
import { repository } from '../../platform/repository.fixture.ts';
import { renderServices } from './index.ts';
import { memoryOutput, stackOf } from './stack.fixture.ts';

export interface GeneratedService extends TestService {
  /** Its committed OpenAPI document. */
  readonly document: OpenApiDocument;
}

/** @param spec Text of a services.yaml. @param name Of one of its services. */
export async function startGenerated(spec: string, name: string): Promise<GeneratedService> {
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-generated-'));
  const output = memoryOutput();
  output.write(renderServices(stackOf(spec), output.context()));
  const own = Object.entries(output.files).filter(([path]) => path.startsWith(`services/${name}/`));
  for (const [path, content] of own) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  const home = pathToFileURL(`${join(folder, 'services', name)}/`);
  const module = (await import(/* @vite-ignore */ new URL('src/service.ts', home).href)) as Record<
    string,
    never
  >;
  const sql = own.some(([path]) => path.endsWith('.sql'));
  const service = await startService(module[camelCase(name)] as never, {
    ...(sql ? { migrations: new URL('migrations/', home) } : {}),
  });
  const stop = async () => {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    ...service,
    document: JSON.parse(output.files[`services/${name}/openapi.json`] ?? '') as OpenApiDocument,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
