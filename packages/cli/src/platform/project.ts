import { dirname, join, resolve } from 'node:path';
import { UserError } from './errors.ts';
import { isSomethingAt } from './plain-file.ts';

/** Where things of one project are. */
export interface Project {
  /** Absolute path of the folder with services.yaml. */
  readonly root: string;
  readonly specFile: string;
  /** Output folder of `generate`. */
  readonly output: string;
  /** What a running stack keeps: data, secrets, logs, sockets. Never in git. */
  readonly state: string;
}

/** Finds the project of `from` (a folder): the nearest one upwards with a services.yaml. Throws UserError if there is none. */
export function findProject(from: string): Project {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (isSomethingAt(join(folder, 'services.yaml'))) return projectAt(folder);
    if (dirname(folder) === folder) {
      throw new UserError('there is no services.yaml in this folder or above it', {
        where: resolve(from),
        next: ['go to the folder of a project, or name it with --project FOLDER'],
      });
    }
  }
}

export function projectAt(root: string): Project {
  return {
    root,
    specFile: join(root, 'services.yaml'),
    output: join(root, 'generated'),
    state: join(root, '.hometrip'),
  };
}
