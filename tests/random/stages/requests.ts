/** The walk through each API, in a process of its own: it imports what was generated. */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Stage } from '../case.ts';
import type { WalkReport } from '../walk/main.ts';

const program = fileURLToPath(new URL('../walk/main.ts', import.meta.url));

export const requestsStage: Stage = {
  name: 'requests',
  async run({ folder }, cases) {
    const { stdout, stderr } = await execa(
      process.execPath,
      [program, folder, ...cases.map(({ id }) => id)],
      {
        reject: false,
        env: { NODE_OPTIONS: '' },
        maxBuffer: 100_000_000,
      },
    );
    const line = stdout.split('\n').findLast((text) => text.startsWith('{"requests"'));
    if (line === undefined) throw new Error(`the walk: ${stderr}\n${stdout}`);
    const { requests, records, services, failures } = JSON.parse(line) as WalkReport;
    return {
      failures: new Map(Object.entries(failures)),
      counts: { 'services started': services, 'requests made': requests, 'records created': records },
    };
  },
};
