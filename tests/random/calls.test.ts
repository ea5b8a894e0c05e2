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
import { lintStage } from './stages/lint.ts';

const calls = new URL('./cases/calls.yaml', import.meta.url);

it('handlers of a service call the services that it declares, and no others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-calls-'));
  try {
    await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
    const one = caseOf('calling', parse(await readFile(calls, 'utf8')) as Record<string, unknown>);
    expect((await generateStage.run({ folder }, [one])).failures).toEqual(new Map());
    const routes = join(folder, 'calling/generated/services/order-service/src/order/routes.ts');
    const text = await readFile(routes, 'utf8');
    const found = async (...lines: readonly string[]): Promise<string> => {
      const code = `${lines.join('\n      ')}\n      return created(`;
      await writeFile(
        routes,
        text.replace('return created(', () => code),
      );
      const compiled = (await compileStage.run({ folder }, [one])).failures;
      const linted = (await lintStage.run({ folder }, [one])).failures;
      return [...(compiled.get('calling') ?? []), ...(linted.get('calling') ?? [])].join('\n');
    };

    expect(
      await found(
        'const { items } = await platform.calls.noteService.listNotes({ query: { limit: 5 } });',
        'const note = await platform.calls.noteService.createNote({ body: { text: `of ${items.length}` } }, { idempotencyKey: body.label });',
        'await platform.calls.noteService.updateNote({ id: note.id, body: { text: note.text } }, { ifMatch: note.revision });',
        // It has no operations: any path will do.
        "await platform.calls['stock-service'].get('/health/ready');",
      ),
    ).toBe('');
    expect(await found('await platform.calls.noteService.getNote({ id: 7 });')).toContain(
      "Type 'number' is not assignable to type 'string'",
    );
    expect(await found("await platform.calls.noteService.createNote({ body: { label: 'x' } });")).toContain(
      "'label' does not exist in type 'CreateNote'",
    );
    expect(await found('await platform.calls.authService.getJwks();')).toContain(
      "Property 'authService' does not exist",
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 240_000);
