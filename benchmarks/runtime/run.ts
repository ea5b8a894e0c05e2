/**
 * One run, three tables: the full-featured endpoint beside other frameworks, and what features and steps cost. All contestants are
 * measured in turns, so that a noisy machine hits all of them. See README.md.
 */
import { cpus } from 'node:os';
import { publish } from '../document.ts';
import { buildOurs } from './build.ts';
import { CONTESTANTS, type Contestant, PARTS } from './contestants.ts';
import { pin, pinned } from './cores.ts';
import { installContestants } from './install.ts';
import { launch, load, type Result, type Running } from './launch.ts';
import { probe } from './probe.ts';
import { stepTimes } from './steps.ts';
import { costTable, crowded, resultTable, stepTable } from './tables.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const SECONDS = Number(process.env['SECONDS_EACH'] ?? 2);
/** Parts of names or files, separated by commas: measures only these (and skips the costs unless `parts` is among them). */
const ONLY = process.env['ONLY']?.split(',');

installContestants();
const moduleOf = await buildOurs();
pin(process.pid, 1);
const chosen = ({ name, file }: Contestant): boolean =>
  ONLY === undefined || ONLY.some((part) => `${name} ${file}`.includes(part));

const conditions =
  `Node ${process.versions.node}, ${cpus()[0]?.model.trim()}; ${ROUNDS} rounds of ${SECONDS} s, 32 connections; ` +
  `${pinned ? 'server and load generator on a core each' : 'nothing pinned to a core'}.`;
const contestants = CONTESTANTS.filter(chosen);
if (contestants.length > 0) {
  const results = await measure(contestants, ROUNDS, SECONDS);
  publish('endpoint', `${conditions}${crowded(results)}\n\n${resultTable(results)}`);
}
const parts = PARTS.filter(chosen);
if (parts.length > 0) {
  // The least of them counts: many short rounds find a quiet moment for each.
  publish('features', costTable(await measure(parts, ROUNDS * 6, SECONDS / 4)));
  publish('steps', stepTable(await stepTimes()));
}

async function measure(
  all: readonly Contestant[],
  rounds: number,
  seconds: number,
): Promise<ReadonlyMap<Contestant, readonly Result[]>> {
  const running: Running[] = [];
  try {
    for (const contestant of all) {
      const one = await launch(contestant, moduleOf(contestant.file));
      running.push(one);
      await probe(one);
    }
    const results = new Map<Contestant, Result[]>(all.map((contestant) => [contestant, []]));
    // The first round is for the compiler.
    for (let round = 0; round <= rounds; round += 1) {
      for (const one of running) {
        const result = await load(one, seconds);
        if (round > 0) results.get(one.contestant)?.push(result);
      }
      console.error(`round ${round} of ${rounds}`);
    }
    return results;
  } finally {
    for (const { process: child } of running) child.kill();
  }
}
