/** A generation that found nothing to do, kept with everything it saw: while that is still there, so is its result. */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanEntry } from '../files/file-plan.ts';
import { diskReader, nodeToken } from '../files/disk.ts';
import type { Stack } from '../model/stack.ts';
import { type Evidence, type Seen, stillSeen } from '../platform/evidence.ts';
import { historyReader } from '../platform/git.ts';
import { installedVersion } from '../platform/installation.ts';
import { readKnown, writeKnown } from '../platform/known.ts';
import type { Project } from '../platform/project.ts';

export interface Question {
  /** Of the code that renders and decides; undefined: nothing is kept. */
  readonly code: string | undefined;
  readonly env: string | undefined;
  readonly allowDestructive: boolean;
}

export interface KnownGeneration {
  readonly stack: Stack;
  readonly entries: readonly PlanEntry[];
}

/** Undefined when nothing was kept, or anything that it depended on is different now. */
export function recall(project: Project, question: Question): KnownGeneration | undefined {
  const out = realPath(project.output);
  if (question.code === undefined || out === undefined) return undefined;
  const parts = readKnown(fileOf(project), keyOf(project, out, question));
  if (parts === undefined) return undefined;
  const [seen = '', entries = '', stack = ''] = parts;
  if (!isAsItWas(out, JSON.parse(seen) as Seen)) return undefined;
  return {
    entries: JSON.parse(entries) as PlanEntry[],
    // Large, and not everybody asks for it.
    get stack() {
      return JSON.parse(stack) as Stack;
    },
  };
}

/** @param found A result that had nothing to write and left nothing open. */
export function remember(
  project: Project,
  question: Question,
  evidence: Evidence,
  found: KnownGeneration,
): void {
  const out = realPath(project.output);
  const seen = evidence.seen();
  if (question.code === undefined || out === undefined || seen === undefined) return;
  if (found.entries.some(({ before, after }) => before !== after)) return;
  const parts = [seen, found.entries, found.stack].map((part) => JSON.stringify(part));
  writeKnown(fileOf(project), keyOf(project, out, question), parts);
}

/** Notes the spec as it was read. */
export const noteSpec = (evidence: Evidence, project: Project, digest: string): void =>
  evidence.note('text', project.specFile, digest);

function isAsItWas(out: string, seen: Seen): boolean {
  const look = diskReader(out, new Set());
  try {
    return stillSeen(seen, { node: (path) => nodeToken(look(path)), history: historyReader() });
  } catch {
    return false; // What cannot be read any more is the whole run's to explain.
  }
}

const fileOf = ({ state }: Project): string => join(state, 'generated.known');

const keyOf = ({ specFile }: Project, out: string, { code, env, allowDestructive }: Question): string[] => [
  'generate 1',
  installedVersion(),
  code ?? '',
  specFile,
  out,
  env === undefined ? '-' : `env ${env}`,
  String(allowDestructive),
];

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
