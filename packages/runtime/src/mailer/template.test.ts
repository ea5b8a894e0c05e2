import { describe, expect, it } from 'vitest';
import { defineMail, html, text } from './index.ts';

interface Booking {
  readonly guest: string;
  readonly nights: number;
  readonly link: string;
  readonly rooms: readonly string[];
}

const confirmed = defineMail({
  name: 'booking-confirmed',
  subject: ({ guest }: Booking) => text`${guest}, your booking is confirmed`,
  text: ({ guest, nights, link }) => text`Dear ${guest},\n${nights} nights are yours: ${link}\n`,
  html: ({ guest, nights, link, rooms }) =>
    html`<p title="${guest}">Dear ${guest}, ${nights} nights: <a href="${link}">see</a></p><ul>${rooms.map(
      (room) => html`<li>${room}</li>`,
    )}</ul>`,
});
const values: Booking = {
  guest: `Ann <"o'&`,
  nights: 3,
  link: 'https://example.com/b?a=1&b=2',
  rooms: ['<b>1</b>', '2'],
};

it('a mail is a function of its values, escaped in HTML and as they are in text', () => {
  expect(confirmed(values)).toEqual({
    name: 'booking-confirmed',
    subject: `Ann <"o'&, your booking is confirmed`,
    text: `Dear Ann <"o'&,\n3 nights are yours: https://example.com/b?a=1&b=2\n`,
    html:
      '<p title="Ann &lt;&quot;o&#39;&amp;">Dear Ann &lt;&quot;o&#39;&amp;, 3 nights: ' +
      '<a href="https://example.com/b?a=1&amp;b=2">see</a></p>' +
      '<ul><li>&lt;b&gt;1&lt;/b&gt;</li><li>2</li></ul>',
  });
});

describe('a value that is missing is an error at once', () => {
  it.each([
    [{ guest: undefined }, 'The subject of the mail “booking-confirmed”: value 1 is undefined: it must be'],
    [{ nights: Number.NaN }, 'The text of the mail “booking-confirmed”: value 2 (after “,”) is NaN'],
    [{ nights: null }, 'The text of the mail “booking-confirmed”: value 2 (after “,”) is null'],
    [{ nights: new Date(0) }, 'value 2 (after “,”) is object: it must be a text or a number'],
    [{ rooms: [undefined] }, 'The html of the mail “booking-confirmed”: value 1 (after “<li>”) is undefined'],
  ])('%o', (wrong, message) => {
    expect(() => confirmed({ ...values, ...wrong } as unknown as Booking)).toThrow(message);
  });
});

describe('what would be dangerous in HTML is an error', () => {
  it.each([
    [
      'an address that is a program',
      () => html`<a href="${'javascript:alert(1)'}">`,
      'not an https:, http: or mailto:',
    ],
    [
      'an address with a program in disguise',
      () => html`<a href='${' java\nscript:alert(1)'}'>`,
      'not an https:',
    ],
    ['an image from a file', () => html`<img src="${'file:///etc/passwd'}">`, 'not an https:'],
    [
      'an attribute without quotes',
      () => html`<p title=${'x onclick=alert(1)'}>`,
      'put quotes around value 1',
    ],
    ['HTML in text', () => text`${html`<b>x</b>` as unknown as string}`, 'is object'],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

it.each(['', 'Booking', 'booking confirmed', '1', 'a\n'])('refuses “%s” as the name of a mail', (name) => {
  expect(() => defineMail({ name, subject: () => text``, text: () => text`` })).toThrow(
    'is not a name for a mail',
  );
});
