/** For tests of renderers: a stack from the text of a small services.yaml, and a context that remembers what was written. */
import { componentKinds } from '../../components/index.ts';
import type { PlannedFile } from '../../files/planned-file.ts';
import { resolveStack } from '../../model/resolve.ts';
import type { Stack } from '../../model/stack.ts';
import { Templates } from '../../platform/templates.ts';
import { stockBlueprints } from '../../spec/blueprints/load.ts';
import { checkSpec } from '../../spec/check.ts';
import { formatDiagnostics } from '../../spec/format.ts';
import { type Draft, nothingBefore, type RenderContext } from '../renderer.ts';

export function stackOf(text: string): Stack {
  const blueprints = stockBlueprints();
  const { spec, diagnostics, source } = checkSpec('services.yaml', new TextEncoder().encode(text), {
    kinds: componentKinds,
    blueprints,
  });
  if (spec === undefined) throw new Error(formatDiagnostics(diagnostics, source));
  return resolveStack(spec, { kinds: componentKinds, blueprints: blueprints.all });
}

/**
 * An output folder in memory. What it writes counts as applied everywhere, unless `drafts` is switched on: then nothing does
 * until `applied` is called.
 */
export function memoryOutput(files: Record<string, string> = {}, options: { drafts?: boolean } = {}) {
  const drafts = new Map<string, { name: string; content: string; before: unknown }[]>();
  const pristine: Record<string, string> = {};
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'));
  return {
    files,
    context: (allowDestructive = false, restore: readonly string[] = []): RenderContext => ({
      ...nothingBefore,
      templates: new Templates(),
      existing: (path) => files[path],
      list: (folder) =>
        Object.keys(files)
          .filter((path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/'))
          .map((path) => path.slice(folder.length + 1))
          .sort(),
      remembered: (path) => pristine[path],
      restores: (path) => restore.some((named) => path === named || path.startsWith(`${named}/`)),
      drafts: (folder): readonly Draft[] =>
        (drafts.get(folder) ?? []).filter(
          ({ name, content }) => (files[`${folder}/${name}`] ?? content) === content,
        ),
      allowDestructive,
      version: '1.2.3',
    }),
    write(planned: readonly PlannedFile[]): void {
      for (const path of planned.flatMap(({ replaces }) => replaces ?? [])) {
        delete files[path];
        delete pristine[path];
      }
      for (const { path, content } of planned) {
        files[path] = content;
        pristine[path] ??= content;
        if (path.endsWith('schema.json')) pristine[path] = content;
      }
      if (options.drafts !== true) return;
      drafts.clear();
      for (const { path, content, draft } of planned) {
        if (draft === undefined) continue;
        const list = drafts.get(folderOf(path)) ?? [];
        list.push({ name: path.slice(path.lastIndexOf('/') + 1), content, before: draft });
        drafts.set(folderOf(path), list);
      }
    },
    /** As `up` does: databases have seen all of it, or the migrations of these names. */
    applied(names?: readonly string[]): void {
      for (const [folder, list] of drafts) {
        const last = list.findLastIndex(({ name }) => names?.includes(name) ?? true);
        drafts.set(folder, list.slice(last + 1));
      }
    },
  };
}

export const emptyContext = memoryOutput().context();
