/** tsc, once over the services and clients of all cases, under the project's own settings. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { repository as root } from '../../../packages/cli/src/platform/repository.fixture.ts';
import { byCase, type Stage } from '../case.ts';

export const compileStage: Stage = {
  name: 'compile',
  async run({ folder }, cases) {
    const settings = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { typeRoots: [join(root, 'node_modules/@types')] },
      include: cases.flatMap(({ id }) => [`${id}/generated/services`, `${id}/generated/clients`]),
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const { stdout } = await execa(
      process.execPath,
      [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'],
      { cwd: folder, reject: false },
    );
    const errors = stdout.split('\n').filter((line) => line.includes('error TS'));
    const failures = byCase(cases, errors);
    const elsewhere = errors.find((line) => !cases.some(({ id }) => line.startsWith(`${id}/`)));
    if (elsewhere !== undefined) throw new Error(`tsc: ${elsewhere}`);
    return { failures };
  },
};
