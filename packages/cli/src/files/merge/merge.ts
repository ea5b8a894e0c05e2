/** Three-way merge of one file: by lines first; by structure where lines conflict and the file's kind is known. */
import { mergeJson } from './json.ts';
import { markWhole, mergeLines } from './lines.ts';
import { lostLines, wordsSurvive } from './survival.ts';
import type { ThreeTexts } from './three-texts.ts';

export type MergeResult =
  | { readonly clean: true; readonly text: string }
  /** `marked` is the file with diff3 markers; `lines` are 1-based lines of the user's file. */
  | { readonly clean: false; readonly marked: string; readonly lines: readonly number[] };

/**
 * Merges the user's edits and the new rendering. Never loses a line that the user added: each clean result is checked
 * for that, and counts as a conflict when it fails.
 * @param path decides which structure is known: `.ts`, `.mts`, `.cts`, `.json`
 */
export async function mergeTexts(path: string, texts: ThreeTexts): Promise<MergeResult> {
  const byLine = mergeLines(texts);
  if (byLine.clean) {
    if (lostLines(texts, byLine.text).length === 0) return byLine;
    return { clean: false, marked: markWhole(texts.mine, texts.base, texts.theirs), lines: [1] };
  }
  if (path.endsWith('.json')) {
    const text = mergeJson(texts);
    if (text !== undefined && wordsSurvive(lostLines(texts, text), [text], texts, text))
      return { clean: true, text };
  }
  if (/\.[mc]?ts$/.test(path)) {
    // Loaded here and not above: the compiler takes a quarter of a second, and few runs have such a conflict.
    const { alignTypeScript, parses } = await import('./typescript.ts');
    const aligned = alignTypeScript(texts);
    if (aligned !== undefined) {
      const merged = mergeLines(aligned);
      if (
        merged.clean &&
        wordsSurvive(lostLines(texts, merged.text), aligned.regions, texts, merged.text) &&
        parses(merged.text)
      )
        return merged;
    }
  }
  return byLine;
}
