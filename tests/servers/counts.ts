import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';
import { generation } from './generation.ts';
import { REPORTS } from './report.ts';

/** What became of everything that was sent while something was stopped, killed or cut off. */
export interface Counts {
  readonly sent: number;
  /** Confirmed to whoever sent it. */
  readonly acknowledged: number;
  /** Reported to whoever sent it as not done, or as nobody knows: it may have been done all the same. */
  readonly refused: number;
  /** Different ones that arrived, or are there afterwards. */
  readonly delivered: number;
  /** That arrived more than once where only their effect is to happen once. */
  readonly repeated: number;
  /** Acknowledged, and not there. */
  readonly lost: number;
}

/** `RabbitMQ 4.3.6, stopped and killed: sent 5321, acknowledged 5200, refused 121, delivered 5201, repeated 12, lost 0`. */
export const sentence = (what: string, counts: Counts): string =>
  `${what}: ${Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')}`;

/** Prints it, and again with all others at the end of a run over real servers. Asserts nothing. */
export function reportCounts(what: string, counts: Counts): void {
  console.log(sentence(what, counts));
  const file = process.env[REPORTS];
  const test = `${generation()} ${expect.getState().testPath}`;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ what, counts, test })}\n`);
}
