/**
 * Help for TypeScript where lines alone conflict: imports and lists (routes, options, members) that both sides added
 * to. It makes those places equal in all three texts and leaves the rest to the line merge, so whatever it does not
 * understand stays an ordinary line conflict. Loads the compiler: import this module only when a conflict needs it.
 */
import { ts } from 'ts-morph';
import { mergeImports } from './typescript-imports.ts';
import { mergeLists } from './typescript-lists.ts';
import type { ThreeTexts } from './three-texts.ts';

export interface Aligned extends ThreeTexts {
  /** The text of every place that was merged by structure, as it stands in all three texts now. */
  readonly regions: readonly string[];
}

/** The three texts with their mergeable imports and lists made equal; undefined when one of them does not parse. */
export function alignTypeScript(texts: ThreeTexts): Aligned | undefined {
  if (![texts.base, texts.mine, texts.theirs].every(parses)) return undefined;
  const regions: string[] = [];
  let current: ThreeTexts = texts;
  const imports = mergeImports(current);
  if (imports !== undefined) {
    current = imports.texts;
    regions.push(imports.region);
  }
  // Each merged list changes the positions behind it, so the texts are parsed anew; a file has few such lists.
  for (let round = 0; round < 50; round++) {
    const list = mergeLists(current);
    if (list === undefined) break;
    current = list.texts;
    regions.push(list.region);
  }
  return { ...current, regions };
}

/** Whether the text is free of syntax errors. */
export function parses(text: string): boolean {
  const { diagnostics } = ts.transpileModule(text, {
    reportDiagnostics: true,
    fileName: 'file.ts',
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  return (diagnostics ?? []).length === 0;
}
