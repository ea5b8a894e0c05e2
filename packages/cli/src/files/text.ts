/**
 * Text as the merge sees it. Line ends and a byte order mark are the editor's business, not an edit: they are taken
 * off before comparing and put back when writing. Everything here is lossless.
 */
import { hash } from 'node:crypto';

/** How a file on disk spells its text: `\r\n` line ends on every line, and a leading byte order mark. */
export interface TextStyle {
  readonly crlf: boolean;
  readonly bom: boolean;
}

export interface DecodedText extends TextStyle {
  /** Without byte order mark; `\n` line ends if the whole file had `\r\n`. */
  readonly text: string;
}

const BOM = '\uFEFF';

/** sha256 of the text's UTF-8 bytes (or of the bytes), hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/** The text of a file, or undefined when it is binary (a NUL byte, or not UTF-8). */
export function decode(bytes: Uint8Array): DecodedText | undefined {
  if (bytes.includes(0)) return undefined;
  let raw: string;
  try {
    raw = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
  const bom = raw.startsWith(BOM);
  const body = bom ? raw.slice(1) : raw;
  // Mixed line ends stay as they are: each odd line then counts as an edit, which is safe.
  const crlf = body.includes('\r\n') && !/(^|[^\r])\n|\r(?!\n)/.test(body);
  return { text: crlf ? body.replaceAll('\r\n', '\n') : body, crlf, bom };
}

/** The inverse of `decode`. */
export function encode(text: string, style: TextStyle): Buffer {
  const body = style.crlf ? text.replaceAll('\n', '\r\n') : text;
  return Buffer.from(style.bom ? BOM + body : body, 'utf8');
}

/** A text as lines; whether the last one ends is kept apart, so that it merges on its own. */
export interface Lines {
  readonly lines: readonly string[];
  readonly finalNewline: boolean;
}

export function toLines(text: string): Lines {
  if (text === '') return { lines: [], finalNewline: false };
  const finalNewline = text.endsWith('\n');
  return { lines: (finalNewline ? text.slice(0, -1) : text).split('\n'), finalNewline };
}

export function fromLines({ lines, finalNewline }: Lines): string {
  if (lines.length === 0) return '';
  return lines.join('\n') + (finalNewline ? '\n' : '');
}

/** Three-way choice of one value: the user's when the user changed it, else the newly rendered one. */
export function pick<T>(base: T, mine: T, theirs: T): T {
  return mine === base ? theirs : mine;
}
