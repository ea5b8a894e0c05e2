import { expect, it } from 'vitest';
import { redisAddress } from './address.ts';

it.each([
  ['redis://host', { url: 'redis://host', host: 'host', database: 0, prefix: 'hometrip' }],
  ['redis://:s%40x@host:6380/2', { url: 'redis://:s%40x@host:6380/2', host: 'host:6380', database: 2 }],
  ['rediss://user@[::1]:6380/?prefix=my-stack', { url: 'rediss://user@[::1]:6380/', prefix: 'my-stack' }],
])('reads %s', (text, expected) => {
  expect(redisAddress(new URL(text))).toMatchObject(expected);
});

it.each([
  ['redis://:secret@host/cache', /^redis:\/\/host\/cache is not an address of Redis: write redis:\/\//],
  ['redis:6379', /is not an address of Redis/],
  ['redis://host/0?prefx=a', /no parameter “prefx”/],
  ['redis://host/0?prefix=a*', /letters, digits/],
  ['redis://host/0?prefix=', /letters, digits/],
])('refuses %s, without repeating its password', (text, message) => {
  expect(() => redisAddress(new URL(text))).toThrow(message);
});
