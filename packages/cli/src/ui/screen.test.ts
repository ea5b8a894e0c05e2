import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { fit, openScreen } from './screen.ts';
import { width } from './width.ts';

/** A terminal of this size that remembers what is written to it. */
function fakeTerminal(columns: number, rows: number) {
  const written: string[] = [];
  const terminal = Object.assign(new EventEmitter(), {
    columns,
    rows,
    write: (text: string) => written.push(text) > 0,
  });
  return { terminal, stream: terminal as unknown as Parameters<typeof openScreen>[0], written };
}

const many = Array.from({ length: 40 }, (_, index) => `line ${index} ${'x'.repeat(100)}`).join('\n');

it.each([
  [80, 24],
  [200, 50],
  [20, 3],
])('what is drawn on %d × %d never scrolls', (columns, rows) => {
  const lines = fit(many, columns, rows);
  expect(lines.length).toBeLessThanOrEqual(rows);
  for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
});

it('says what is not shown', () => {
  expect(fit(many, 80, 24).at(-1)).toBe('… 17 more lines: make the window higher');
  expect(fit('one\ntwo', 80, 24)).toEqual(['one', 'two']);
});

it('draws in place on the alternate screen, and leaves it as it came', () => {
  const { stream, written } = fakeTerminal(80, 24);
  const screen = openScreen(stream);
  screen.draw(() => 'first');
  screen.draw(() => 'second');
  screen.close();
  screen.close();
  expect(written[0]).toBe('\u001b[?1049h\u001b[?25l');
  expect(written.slice(1, 3)).toEqual(['first', 'second'].map((text) => `\u001b[H${text}\u001b[K\u001b[J`));
  expect(written.slice(3)).toEqual(['\u001b[?25h\u001b[?1049l']);
});

it('draws again by itself when the window changes its size, and not when it is closed', () => {
  const { terminal, stream, written } = fakeTerminal(80, 24);
  const screen = openScreen(stream);
  screen.draw((columns) => `${columns} columns`);
  terminal.columns = 40;
  terminal.emit('resize');
  expect(written.at(-1)).toContain('40 columns');
  screen.close();
  const count = written.length;
  terminal.emit('resize');
  screen.draw(() => 'late');
  expect(written).toHaveLength(count);
  expect(process.listeners('exit')).not.toContain(screen.close);
});
