/** Biome's rules as this repository has them: no unused import, no unused variable, nothing that is suspicious. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { repository as root } from '../../../packages/cli/src/platform/repository.fixture.ts';
import { byCase, type Stage } from '../case.ts';

export const lintStage: Stage = {
  name: 'lint',
  async run({ folder }, cases) {
    const { linter, overrides } = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8')) as {
      linter: object;
      overrides: { plugins?: unknown }[];
    };
    const config = { linter, overrides: overrides.filter(({ plugins }) => plugins === undefined) };
    await writeFile(join(folder, 'biome.json'), JSON.stringify(config));
    const paths = cases.flatMap(({ id }) => [`${id}/generated/services`, `${id}/generated/clients`]);
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [
        join(root, 'node_modules/@biomejs/biome/bin/biome'),
        ...['lint', '--reporter=github', '--max-diagnostics=none', '--error-on-warnings', ...paths],
      ],
      { cwd: folder, reject: false },
    );
    const findings = [...stdout.matchAll(/^::\w+ title=([^,]*),file=([^,]*),line=(\d+).*?::(.*)$/gm)].map(
      ([, rule, file, line, message]) => `${file}:${line} ${rule} ${message}`,
    );
    if (exitCode !== 0 && findings.length === 0) throw new Error(`biome: ${stderr}\n${stdout}`);
    return { failures: byCase(cases, findings) };
  },
};
