import type { Workload } from './stack.ts';

/** Where a container finds a generated file: the file itself or a folder around it is mounted. Undefined when neither is. */
export function mountedPath({ files }: Pick<Workload, 'files'>, source: string): string | undefined {
  const mount = files.find(
    (candidate) => source === candidate.source || source.startsWith(`${candidate.source}/`),
  );
  return mount === undefined ? undefined : mount.path + source.slice(mount.source.length);
}
