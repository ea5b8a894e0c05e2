/** The generated tests, all of them in one run of the test runner. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { repository as root } from '../../../packages/cli/src/platform/repository.fixture.ts';
import type { Stage } from '../case.ts';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly status: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** The server is the one of HOMETRIP_TEST_DATABASE_URL. Modules are shared: each file starts a service of its own anyway. */
const config = `export default {
  test: {
    include: ['**/*.test.ts'],
    isolate: false,
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
  },
};
`;

export const ownTestsStage: Stage = {
  name: 'generated tests',
  async run({ folder }, cases) {
    await writeFile(join(folder, 'vitest.config.mjs'), config);
    const report = join(folder, 'tests.json');
    const { all } = await execa(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        ...['run', '--root', folder, '--reporter=json', '--outputFile', report],
        ...cases.map(({ id }) => `${id}/generated/`),
      ],
      { cwd: folder, reject: false, all: true, env: { VITEST: '', NODE_OPTIONS: '' } },
    );
    const { testResults } = JSON.parse(await readFile(report, 'utf8').catch(() => fail(all))) as Report;
    const failures = new Map<string, string[]>();
    let tests = 0;
    for (const { name, message, status, assertionResults } of testResults) {
      const id = cases.find((one) => name.startsWith(`${join(folder, one.id)}/`))?.id ?? '';
      tests += assertionResults.length;
      const failed = assertionResults.filter((result) => result.status === 'failed');
      const lines = failed.map(
        ({ fullName, failureMessages }) => `${name}: ${fullName}: ${failureMessages.join('\n')}`,
      );
      if (status === 'failed' && lines.length === 0) lines.push(`${name}: ${message}`);
      if (lines.length > 0) failures.set(id, [...(failures.get(id) ?? []), ...lines]);
    }
    return { failures, counts: { 'generated tests run': tests } };
  },
};

function fail(output: string | undefined): never {
  throw new Error(`the test runner: ${output ?? ''}`);
}
