/** A view that is drawn anew in place: on the alternate screen, so that what was on the terminal is there again afterwards. */
import { stripVTControlCharacters } from 'node:util';
import { width } from './width.ts';

export interface Screen {
  /** Replaces what is shown; drawn again by itself when the window changes its size. */
  draw(text: (columns: number) => string): void;
  /** Brings back what was there before. Also happens when the process ends. */
  close(): void;
}

/** What of a terminal is needed. */
export type ScreenStream = Pick<NodeJS.WriteStream, 'write' | 'on' | 'off'> & {
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

const OPEN = '\u001b[?1049h\u001b[?25l';
const CLOSE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

export function openScreen(stream: ScreenStream): Screen {
  let shown: ((columns: number) => string) | undefined;
  let open = true;
  const paint = (): void => {
    if (shown === undefined) return;
    const columns = stream.columns ?? 80;
    const lines = fit(shown(columns), columns, stream.rows ?? 24);
    // In one write, over what is there: a screen that is cleared first flickers.
    stream.write(HOME + lines.map((line) => line + REST_OF_LINE).join('\r\n') + REST_OF_SCREEN);
  };
  const close = (): void => {
    if (!open) return;
    open = false;
    stream.off('resize', paint);
    process.off('exit', close);
    stream.write(CLOSE);
  };
  stream.write(OPEN);
  stream.on('resize', paint);
  process.on('exit', close);
  return {
    draw(text) {
      shown = text;
      if (open) paint();
    },
    close,
  };
}

/** The lines that fit, so that nothing scrolls; the last one says how many do not. */
export function fit(text: string, columns: number, rows: number): string[] {
  const lines = text.split('\n').map((line) => cut(line, columns));
  if (lines.length <= rows) return lines;
  const kept = lines.slice(0, rows - 1);
  return [...kept, cut(`… ${lines.length - kept.length} more lines: make the window higher`, columns)];
}

function cut(line: string, columns: number): string {
  if (width(line) <= columns) return line;
  let short = stripVTControlCharacters(line);
  while (width(short) > columns - 1) short = short.slice(0, -1);
  return `${short}…`;
}
