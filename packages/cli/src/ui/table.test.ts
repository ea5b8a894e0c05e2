import { describe, expect, it } from 'vitest';
import { table } from './table.ts';

const columns = [
  { title: 'NAME' },
  { title: 'N', align: 'right' as const },
  { title: 'WHAT', flexible: true },
];

describe('table', () => {
  it('aligns columns and leaves no blanks at the end of a line', () => {
    expect(
      table(
        columns,
        [
          ['a', '1', 'first'],
          ['longer', '22', ''],
        ],
        { columns: 80 },
      ),
    ).toBe(['NAME     N  WHAT', 'a        1  first', 'longer  22'].join('\n'));
  });

  it('cuts flexible columns in a narrow terminal', () => {
    expect(table(columns, [['a', '1', 'a sentence that is too long']], { columns: 22 })).toBe(
      ['NAME  N  WHAT', 'a     1  a sentence…'].join('\n'),
    );
  });

  it('leaves out optional columns in a narrow terminal, the highest number first', () => {
    const wide = [{ title: 'NAME' }, { title: 'PID', optional: 2 }, { title: 'PORT', optional: 1 }];
    const rows = [['booking', '4711', '4004']];
    expect(table(wide, rows, { columns: 40 })).toBe('NAME     PID   PORT\nbooking  4711  4004');
    expect(table(wide, rows, { columns: 16 })).toBe('NAME     PORT\nbooking  4004');
    expect(table(wide, rows, { columns: 8 })).toBe('NAME\nbooking');
  });

  it('does not count colours as width', () => {
    const green = '\u001B[32mok\u001B[39m';
    expect(table([{ title: 'S' }, { title: 'T' }], [[green, 'x']], { columns: 80 })).toBe(
      ['S   T', `${green}  x`].join('\n'),
    );
  });
});
