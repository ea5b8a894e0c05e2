/** Prints at the end of a run of the servers layer which adapter was proven on which server, and which was not. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { adapters } from '../servers/adapters.ts';
import { generation } from '../servers/generation.ts';
import { REPORTS } from '../servers/report.ts';
import type { Counts } from '../servers/counts.ts';
import { countsTable, table, type Row } from '../servers/table.ts';

interface Interruption {
  readonly what: string;
  readonly counts: Counts;
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // Another project of this run prints it.
  if (process.env[REPORTS] !== undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-test-servers-'));
  const file = join(folder, 'report.jsonl');
  process.env[REPORTS] = file;
  return async () => {
    const modules = project.vitest.state.getTestModules();
    const passed = new Set(
      modules
        .filter((module) => module.ok())
        .map(({ moduleId, project: { config } }) => `${generation(config.env)} ${moduleId}`),
    );
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    const reports = lines.map((line) => JSON.parse(line) as (Row | Interruption) & { test: string });
    const rows = reports.filter((report) => 'port' in report);
    const proven = table(
      adapters(),
      rows.filter(({ test }) => passed.has(test)),
    );
    process.stdout.write(`\n${proven}\n${countsTable(reports.filter((report) => 'counts' in report))}\n`);
    await rm(folder, { recursive: true, force: true });
  };
}
