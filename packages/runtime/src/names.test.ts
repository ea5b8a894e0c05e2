import fc from 'fast-check';
import { expect, it } from 'vitest';
import { columnOf, fieldOf, shortened } from './names.ts';

it.each([
  ['title', 'title'],
  ['checkIn', 'check_in'],
  ['vatID', 'vat_i_d'],
  ['fooXBar', 'foo_x_bar'],
  ['xAxis', 'x_axis'],
  ['addressLine2', 'address_line2'],
  ['line2Text', 'line2_text'],
  ['toString', 'to_string'],
])('the field %s is the column %s, and the other way round', (field, column) => {
  expect(columnOf(field)).toBe(column);
  expect(fieldOf(column)).toBe(field);
});

it('a column is read back under the name of its field, whatever that is, and no two fields share one', () => {
  const field = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,59}$/);
  fc.assert(
    fc.property(field, field, (one, other) => {
      expect(fieldOf(columnOf(one))).toBe(one);
      expect(columnOf(one)).toMatch(/^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/);
      if (one !== other) expect(columnOf(one)).not.toBe(columnOf(other));
      expect(columnOf(columnOf(one))).toBe(columnOf(one));
    }),
  );
});

it('a name that does not fit ends with a checksum, so that two of them stay two', () => {
  const long = 'a'.repeat(70);
  expect(shortened('title', 63)).toBe('title');
  expect(shortened('a'.repeat(63), 63)).toBe('a'.repeat(63));
  expect(shortened(`${long}_index`, 63)).toMatch(/^a{54}_[0-9a-f]{8}$/);
  expect(shortened(`${long}_index`, 63)).not.toBe(shortened(`${long}_key`, 63));
});
