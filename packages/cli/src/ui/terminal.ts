/** The only way to the user's terminal: everything else returns data. */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  /** Results: what a pipe should get. */
  out(text: string): void;
  /** Progress, notices, errors. */
  err(text: string): void;
  json(value: unknown): void;
  /** One event of a stream of them (NDJSON). */
  jsonLine(value: unknown): void;
  /** Resolves when what was written has gone to the reader. */
  drained(): Promise<void>;
  /** Clears the screen of a terminal, for a view that is drawn anew. */
  clear(): void;
  /** Colours `text` when the stream shows colours (a terminal, no NO_COLOR). */
  style(style: Style, text: string): string;
  styleErr(style: Style, text: string): string;
  readonly columns: number;
  /** Someone watches stdout, stderr. */
  readonly interactive: boolean;
  readonly interactiveErr: boolean;
}

export function createTerminal(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Terminal {
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    jsonLine: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    drained: () =>
      stdout.writableNeedDrain ? new Promise((resolve) => stdout.once('drain', resolve)) : Promise.resolve(),
    clear: () => void stdout.write('\u001B[H\u001B[2J'),
    style: (style, text) => styleText(style, text, { stream: stdout }),
    styleErr: (style, text) => styleText(style, text, { stream: stderr }),
    get columns() {
      return stdout.columns ?? 100;
    },
    interactive: stdout.isTTY === true,
    interactiveErr: stderr.isTTY === true,
  };
}
