/** All but line breaks and tabs: what moves the cursor, changes colours or titles, or (bidi) turns the order of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text that others wrote, as a terminal may show it: logs hold names and messages of strangers, and an escape sequence in
 * them could rewrite what the screen says. Control characters become `\x1b` or `\u202e`.
 */
export const visible = (text: string): string => text.replace(CONTROLS, escaped);

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
}
