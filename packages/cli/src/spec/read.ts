/** Bytes → text. Whatever the bytes are, the answer is a text or one clear finding. */
import { Findings, type Diagnostic } from './diagnostics.ts';
import { createSource, type Source } from './source.ts';

/** A thousand services take about half of it. */
export const maxBytes = 2 * 1024 * 1024;

export type ReadText = { readonly source: Source; readonly diagnostics: readonly Diagnostic[] };

export function readText(file: string, bytes: Uint8Array): ReadText {
  const problem = bytes.length > maxBytes ? tooBig : encodingProblem(bytes);
  if (problem) {
    const source = createSource(file, '');
    const findings = new Findings(source);
    findings.add(problem.code, { start: 0, end: 0 }, problem.message, problem.help);
    return { source, diagnostics: findings.all };
  }
  const source = createSource(file, new TextDecoder('utf-8').decode(bytes));
  return { source, diagnostics: forbiddenCharacters(source) };
}

type Problem = { readonly code: 'HT0102' | 'HT0103'; readonly message: string; readonly help: string };

const tooBig: Problem = {
  code: 'HT0103',
  message: `the file has more than ${maxBytes / 1024 / 1024} MB`,
  help: 'is it the right file?',
};

function encodingProblem(bytes: Uint8Array): Problem | undefined {
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // Every other byte of plain English in UTF-16 or UTF-32 is zero.
  if (marked || (bytes.length > 1 && (first === 0 || second === 0)))
    return { code: 'HT0102', message: 'the file is UTF-16 or UTF-32', help: 'save it as UTF-8' };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return undefined;
  } catch {
    return { code: 'HT0102', message: 'the file is not valid UTF-8', help: 'save it as UTF-8' };
  }
}

// YAML 1.2, 5.1: C0 and C1 controls but tab, line feed, carriage return and next line, and DEL.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f]/;

function forbiddenCharacters(source: Source): readonly Diagnostic[] {
  const found = control.exec(source.text);
  if (!found) return [];
  const findings = new Findings(source);
  const codePoint = source.text.charCodeAt(found.index).toString(16).toUpperCase().padStart(4, '0');
  findings.add(
    'HT0102',
    { start: found.index, end: found.index + 1 },
    `the control character U+${codePoint} is not allowed`,
    'remove it',
  );
  return findings.all;
}
