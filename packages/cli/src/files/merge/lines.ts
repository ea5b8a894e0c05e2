/** Three-way merge by lines (diff3), and the text of a conflict. */
import { diff3Merge } from 'node-diff3';
import { fromLines, pick, toLines } from '../text.ts';
import type { ThreeTexts } from './three-texts.ts';

/** Line numbers are 1-based, in the user's file. */
export type LineMerge =
  | { readonly clean: true; readonly text: string }
  | { readonly clean: false; readonly marked: string; readonly lines: readonly number[] };

const MINE = '<<<<<<< yours';
const BASE = '||||||| last generated';
const SPLIT = '=======';
const THEIRS = '>>>>>>> newly generated';

export function mergeLines(texts: ThreeTexts): LineMerge {
  const [base, mine, theirs] = [toLines(texts.base), toLines(texts.mine), toLines(texts.theirs)];
  const finalNewline = pick(base.finalNewline, mine.finalNewline, theirs.finalNewline);
  const lines: string[] = [];
  const conflicts: number[] = [];
  for (const region of diff3Merge([...mine.lines], [...base.lines], [...theirs.lines])) {
    if (region.conflict === undefined) {
      lines.push(...(region.ok ?? []));
    } else {
      const { a, o, b, aIndex } = region.conflict;
      lines.push(MINE, ...a, BASE, ...o, SPLIT, ...b, THEIRS);
      conflicts.push(Math.max(1, Math.min(aIndex + 1, mine.lines.length)));
    }
  }
  if (conflicts.length === 0) return { clean: true, text: fromLines({ lines, finalNewline }) };
  return { clean: false, marked: fromLines({ lines, finalNewline: true }), lines: conflicts };
}

/** A conflict over the whole file: for binary files, and where no base is known. */
export function markWhole(mine: string, base: string, theirs: string): string {
  const block = [
    MINE,
    ...toLines(mine).lines,
    BASE,
    ...toLines(base).lines,
    SPLIT,
    ...toLines(theirs).lines,
    THEIRS,
  ];
  return fromLines({ lines: block, finalNewline: true });
}

/** 1-based numbers of the lines where one of our conflicts begins or ends; empty when none is left. */
export function markerLines(text: string): number[] {
  return text.split(/\r?\n/).flatMap((line, index) => (line === MINE || line === THEIRS ? [index + 1] : []));
}
