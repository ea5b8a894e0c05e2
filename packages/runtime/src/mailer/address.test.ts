import { expect, it } from 'vitest';
import { parseAddress, parseSender } from './address.ts';

it.each([
  ['ann@example.com', 'ann@example.com'],
  ["o'neil+trips=1@mail.example.co.uk", "o'neil+trips=1@mail.example.co.uk"],
  ['ann@EXAMPLE.com', 'ann@example.com'],
  ['jürgen@müller.example', 'jürgen@xn--mller-kva.example'],
  ['root@localhost', 'root@localhost'],
])('takes %s', (address, expected) => {
  expect(parseAddress(address, 'it')).toEqual({ name: '', address: expected });
});

it.each([
  ['nothing', ''],
  ['no domain', 'ann'],
  ['no name', '@example.com'],
  ['two', 'a@example.com,b@example.com'],
  ['two, with other signs', 'a@example.com;b@example.com'],
  ['a display name', 'Ann <ann@example.com>'],
  ['a line break', 'ann@example.com\r\nBcc: eve@example.com'],
  ['a line break in front', '\r\nann@example.com'],
  ['a NUL', 'ann\0@example.com'],
  ['a space', 'ann eve@example.com'],
  ['a quoted local part', '"ann eve"@example.com'],
  ['a comment', 'ann(eve)@example.com'],
  ['two @', 'ann@eve@example.com'],
  ['an address literal', 'ann@[127.0.0.1]'],
  ['dots in a row', 'a..b@example.com'],
  ['a dot at its end', 'a.@example.com'],
  ['a domain with a dash in front', 'a@-example.com'],
  ['a domain that ends with a dot', 'a@example.com.'],
  ['a local part that is too long', `${'a'.repeat(65)}@example.com`],
  ['a domain that is too long', `a@${'a.'.repeat(130)}com`],
  ['invisible characters', 'ann\u200B@example.com'],
  ['a text that turns around', 'ann\u202Emoc@example.com'],
])('refuses %s, without repeating it', (_, address) => {
  expect(() => parseAddress(address, 'recipient 1')).toThrow(
    /^recipient 1 is not an address: it must look like ann@example\.com; a name is given apart, and several addresses as a list$/,
  );
});

it.each([
  ['HomeTrip <no-reply@example.com>', { name: 'HomeTrip', address: 'no-reply@example.com' }],
  ['"Trips, at home" <a@example.com>', { name: 'Trips, at home', address: 'a@example.com' }],
  [' a@example.com ', { name: '', address: 'a@example.com' }],
  ['<a@example.com>', { name: '', address: 'a@example.com' }],
])('reads the sender %s', (sender, expected) => {
  expect(parseSender(sender, 'MAILER_FROM')).toEqual(expected);
});

it('names in headers are one line', () => {
  expect(parseAddress({ name: 'Ann\r\nBcc: eve@x.y\u2028', address: 'a@b.c' }, 'it').name).toBe(
    'Ann Bcc: eve@x.y',
  );
});
