/** The only way to the user's terminal: everything else returns data. */
import { styleText } from 'node:util';
import { openScreen, type Screen } from './screen.ts';

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
  /** For a view that is drawn anew. */
  screen(): Screen;
  /** Colours `text` when the stream shows colours (a terminal, no NO_COLOR). */
  style(style: Style, text: string): string;
  styleErr(style: Style, text: string): string;
  readonly columns: number;
  /** Of stderr; undefined where lines are not for a terminal, and so stay whole. */
  readonly columnsErr: number | undefined;
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
    screen: () => openScreen(stdout),
    style: (style, text) => styleText(style, text, { stream: stdout }),
    styleErr: (style, text) => styleText(style, text, { stream: stderr }),
    get columns() {
      return stdout.columns ?? 100;
    },
    get columnsErr() {
      return stderr.isTTY === true ? stderr.columns : undefined;
    },
    interactive: isLively(stdout),
    interactiveErr: isLively(stderr),
  };
}

/** A terminal that can move its cursor, with somebody in front of it: CI systems give one to nobody. */
const isLively = (stream: NodeJS.WriteStream): boolean =>
  stream.isTTY === true && process.env['TERM'] !== 'dumb' && ['', 'false'].includes(process.env['CI'] ?? '');
