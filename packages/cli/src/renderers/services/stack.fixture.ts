/** For tests of renderers: a stack from the text of a small services.yaml, and a context that remembers what was written. */
import { componentKinds } from '../../components/index.ts';
import type { PlannedFile } from '../../files/planned-file.ts';
import { resolveStack } from '../../model/resolve.ts';
import type { Stack } from '../../model/stack.ts';
import { checkSpec } from '../../spec/check.ts';
import { formatDiagnostics } from '../../spec/format.ts';
import type { RenderContext } from '../renderer.ts';

export function stackOf(text: string): Stack {
  const { spec, diagnostics, source } = checkSpec('services.yaml', new TextEncoder().encode(text), {
    kinds: componentKinds,
  });
  if (spec === undefined) throw new Error(formatDiagnostics(diagnostics, source));
  return resolveStack(spec, { kinds: componentKinds });
}

/** An output folder in memory. */
export function memoryOutput(files: Record<string, string> = {}) {
  return {
    files,
    context: (allowDestructive = false): RenderContext => ({
      existing: (path) => files[path],
      list: (folder) =>
        Object.keys(files)
          .filter((path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/'))
          .map((path) => path.slice(folder.length + 1))
          .sort(),
      allowDestructive,
    }),
    write(planned: readonly PlannedFile[]): void {
      for (const { path, content } of planned) files[path] = content;
    },
  };
}

export const emptyContext = memoryOutput().context();
