/** One random system on its way through the stages. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RandomSpec } from './spec/spec.ts';

export interface Case {
  /** `s17`: its folder below that of the run. */
  readonly id: string;
  readonly spec: RandomSpec;
  /** services.yaml */
  readonly text: string;
}

/** Where the cases of one run are: each in a folder as a project of its own, all below one node_modules. */
export interface Workspace {
  readonly folder: string;
}

export const caseOf = (id: string, spec: RandomSpec): Case => ({ id, spec, text: stringify(spec) });
export const folderOf = ({ folder }: Workspace, { id }: Case): string => join(folder, id);

/** What went wrong in a stage, by case; a case that is not there passed. */
export type Failures = ReadonlyMap<string, readonly string[]>;

export interface StageResult {
  readonly failures: Failures;
  /** Added to the counts of the run. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** One step of the pipeline: all cases that are left, at once. */
export interface Stage {
  readonly name: string;
  run(workspace: Workspace, cases: readonly Case[]): Promise<StageResult>;
}

/** Lines by the case whose folder they begin with. */
export function byCase(cases: readonly Case[], lines: readonly string[]): Failures {
  const failures = new Map<string, string[]>();
  for (const line of lines) {
    const owner = cases.find(({ id }) => line.startsWith(`${id}/`));
    if (owner !== undefined) failures.set(owner.id, [...(failures.get(owner.id) ?? []), line]);
  }
  return failures;
}
