/** Decides what becomes of each file of a new project in a folder that may hold others. Nothing is written here. */

export interface InitFile {
  /** Relative to the project, with slashes. */
  readonly path: string;
  readonly text: string;
  /**
   * What a file that lies there already means: the folder is not free for a project (`refuse`); it is as good as ours
   * (`keep`); or it gains what it lacks, by this function of its text, and loses nothing.
   */
  readonly present: 'refuse' | 'keep' | ((text: string) => string);
}

export type InitAction = 'create' | 'extend' | 'keep' | 'unchanged';

export interface InitStep {
  readonly path: string;
  readonly action: InitAction;
  /** Of the file as it will be; for `keep` as it is. */
  readonly text: string;
}

export interface InitPlan {
  /** In the order of the files. */
  readonly steps: readonly InitStep[];
  /** Files that keep the project from being written: none of it is then. */
  readonly inTheWay: readonly string[];
}

/** @param present Text of a file of the folder; undefined when there is none. */
export function decideInit(
  files: readonly InitFile[],
  present: (path: string) => string | undefined,
): InitPlan {
  const inTheWay: string[] = [];
  const steps = files.map((file): InitStep => {
    const { path, text } = file;
    const there = present(path);
    if (there === undefined) return { path, action: 'create', text };
    if (there === text) return { path, action: 'unchanged', text };
    if (file.present === 'refuse') inTheWay.push(path);
    if (typeof file.present === 'string') return { path, action: 'keep', text: there };
    const extended = file.present(there);
    return { path, action: extended === there ? 'unchanged' : 'extend', text: extended };
  });
  return { steps, inTheWay };
}
