/** `hometrip generate`, twice: everything is written, and the second time there is nothing to do. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectAt } from '../../../packages/cli/src/platform/project.ts';
import { generate } from '../../../packages/cli/src/usecases/generate.ts';
import { type Case, folderOf, type Stage, type Workspace } from '../case.ts';

export const generateStage: Stage = {
  name: 'generate',
  async run(workspace, cases) {
    const failures = new Map<string, string[]>();
    let files = 0;
    for (const one of cases) {
      try {
        files += await generated(workspace, one);
      } catch (error) {
        failures.set(one.id, [String((error as Error).stack)]);
      }
    }
    return { failures, counts: { 'files written': files } };
  },
};

async function generated(workspace: Workspace, one: Case): Promise<number> {
  const folder = folderOf(workspace, one);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'services.yaml'), one.text);
  const project = projectAt(folder);
  const first = await generate(project);
  const second = await generate(project);
  if (second.drift) {
    const changed = second.plan.entries.filter(({ action }) => action !== 'unchanged');
    throw new Error(
      `the second run changes ${changed.map(({ path, action }) => `${path} (${action})`).join(', ')}`,
    );
  }
  return first.plan.entries.length;
}
