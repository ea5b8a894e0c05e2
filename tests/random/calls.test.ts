/** What `calls` declares can be called where people write their code, with the compiler's help. */
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { repository } from '../../packages/cli/src/platform/repository.fixture.ts';
import { caseOf } from './case.ts';
import { compileStage } from './stages/compile.ts';
import { generateStage } from './stages/generate.ts';

const calls = new URL('./cases/calls.yaml', import.meta.url);

it('handlers of a service call the services that it declares, and no others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-calls-'));
  try {
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
    const one = caseOf('calling', parse(await readFile(calls, 'utf8')) as Record<string, unknown>);
    expect((await generateStage.run({ folder }, [one])).failures).toEqual(new Map());
    const routes = join(folder, 'calling/generated/services/order-service/src/order/routes.ts');
    const text = await readFile(routes, 'utf8');
    const calling = (service: string): Promise<void> =>
      writeFile(
        routes,
        text.replace(
          'return created(',
          () => `await platform.calls['${service}'].get('/api/v1/notes');\n      return created(`,
        ),
      );

    await calling('note-service');
    expect((await compileStage.run({ folder }, [one])).failures).toEqual(new Map());

    await calling('auth-service');
    const { failures } = await compileStage.run({ folder }, [one]);
    expect(failures.get('calling')?.join()).toContain(`expression of type '"auth-service"'`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 240_000);
