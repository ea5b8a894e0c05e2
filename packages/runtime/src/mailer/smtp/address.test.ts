import { expect, it } from 'vitest';
import { smtpAddress } from './address.ts';

it.each([
  ['smtps://ann:s%40x@mail.example.com', { port: 465, tls: 'implicit', user: 'ann', password: 's@x' }],
  ['smtp://mail.example.com', { port: 587, tls: 'starttls', user: undefined, server: 'mail.example.com' }],
  ['smtp://ann%40example.com:x@[::1]:2525/', { host: '::1', port: 2525, user: 'ann@example.com' }],
  ['smtp://relay:25?starttls=off', { port: 25, tls: 'none', server: 'relay:25' }],
  ['smtp://ann:x@127.0.0.1:1025?starttls=off', { tls: 'none', user: 'ann' }],
  ['smtp://relay?starttls=required', { tls: 'starttls' }],
])('reads %s', (text, expected) => {
  expect(smtpAddress(new URL(text))).toMatchObject(expected);
});

it.each([
  ['smtp:mail.example.com', /is not an address of a mail server: write smtps:/],
  ['smtp://ann:secret@host/inbox', /^smtp:\/\/host\/inbox is not an address/],
  ['smtp://ann:secret@host?tls=no', /no parameter “tls”/],
  ['smtp://ann:secret@host?starttls=maybe', /starttls=maybe means nothing/],
  ['smtps://ann:secret@host?starttls=off', /starttls=off means nothing with smtps/],
  ['smtp://ann:secret@host?starttls=off', /without TLS the password for host would cross the network/],
  ['smtp://ann@host', /no password: set MAILER_PASSWORD_FILE/],
])('refuses %s, without repeating its password', (text, message) => {
  let failure = '';
  try {
    smtpAddress(new URL(text));
  } catch (error) {
    failure = (error as Error).message;
  }
  expect(failure).toMatch(message);
  expect(failure).not.toContain('secret');
});
