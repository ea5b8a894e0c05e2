export interface Statement {
  readonly sql: string;
  /** Line of its first character in the file, from 1. */
  readonly line: number;
}

/** What may contain a semicolon that ends nothing: comments, strings, quoted names, dollar quotes; and what may not. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|;|\w+|[\s\S]/g;

/**
 * Splits SQL at the semicolons between statements: each runs alone, so that an error names its line and statements
 * that refuse transaction blocks are possible. Bodies belong into dollar quotes (`begin atomic … end` is not known).
 */
export function splitStatements(sql: string, firstLine: number): readonly Statement[] {
  const statements: Statement[] = [];
  let text = '';
  let start = 0;
  for (const match of sql.matchAll(TOKEN)) {
    const token = match[0];
    if (token === ';') {
      if (text !== '') statements.push({ sql: text.trimEnd(), line: firstLine + lines(sql.slice(0, start)) });
      text = '';
    } else if (text !== '' || !/^(\s|--|\/\*)/.test(token)) {
      if (text === '') start = match.index;
      text += token;
    }
  }
  if (text !== '') statements.push({ sql: text.trimEnd(), line: firstLine + lines(sql.slice(0, start)) });
  return statements;
}

export function lines(text: string): number {
  return text.split('\n').length - 1;
}
