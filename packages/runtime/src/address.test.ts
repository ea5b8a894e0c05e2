import { describe, expect, it } from 'vitest';
import {
  amqpAddress,
  consulAddress,
  elasticsearchAddress,
  hostOf,
  mongodbAddress,
  mongodbServer,
  otlpAddress,
  parseUrl,
  postgresDatabase,
  redisAddress,
  smtpAddress,
} from './addresses.ts';

describe('an address of MongoDB may name several hosts, each with its port', () => {
  it.each([
    ['mongodb://a:1,b:2/x', 'a:1,b:2'],
    ['mongodb://ann:s%2Cx@a:27017,b,c:27019/x?replicaSet=rs0', 'a:27017,b,c:27019'],
    ['mongodb://[::1]:1,b/x', '[::1]:1,b'],
    ['mongodb://a/x', 'a'],
  ])('%s', (text, hosts) => {
    const url = parseUrl(text);
    expect(hostOf(url)).toBe(hosts);
    expect(mongodbAddress(url).text).toBe(text);
    // As it is handed on in a setting.
    expect(mongodbAddress(parseUrl(url.href)).text).toBe(text);
  });
});

it.each([
  ['amqp://ann@broker/shop', amqpAddress, { exchange: 'events' }],
  ['amqps://broker?exchange=shop.events', amqpAddress, { exchange: 'shop.events' }],
  ['consul://consul', consulAddress, { origin: 'http://consul:8500', token: undefined }],
  ['consul+https://:t%2Fk@[::1]', consulAddress, { origin: 'https://[::1]:8501', token: 't/k' }],
  ['elasticsearch://search', elasticsearchAddress, { origin: 'http://search:9200', prefix: '' }],
  [
    'https://ann:x@search/es/',
    elasticsearchAddress,
    { origin: 'https://search:443', prefix: '/es', user: 'ann' },
  ],
  ['http://jaeger:4318?sample=0.5', otlpAddress, { sample: 0.5 }],
  ['https://otlp/base?key=a&key=b', otlpAddress, { sample: undefined }],
  ['mongodb+srv://ann@db/shop?authMechanism=NEW-1', mongodbAddress, { database: 'shop' }],
  ['postgres:///shop?host=/run/postgresql', postgresDatabase, undefined],
  ['postgres://ann@db/shop?sslmode=require&channel_binding=require', postgresDatabase, undefined],
] as const)('reads %s', (text, read, expected) => {
  const result = read(parseUrl(text));
  if (expected !== undefined) expect(result).toMatchObject(expected);
});

it.each([
  ['//host', undefined, /^is not a URL: write scheme:/],
  ['smtp://ann:50%secret@host', undefined, /^has a % that begins no code/],
  ['redis://a:1,b:2/0', redisAddress, /^is not a URL/],
  ['redis://a,b/0', redisAddress, /^redis:\/\/a,b\/0 is not an address of Redis/],
  ['redis://h%6Fst/0', redisAddress, /is not an address of Redis/],
  ['redis://h:0/0', redisAddress, /is not an address of Redis/],
  ['redis://secret%@host/0', redisAddress, /^has a %/],
  ['redis://:50%secret@host/0', redisAddress, /^has a %/],
  ['redis://admin:12/secret@host/0', redisAddress, /^redis:\/\/admin:12\/… is not an address of Redis/],
  ['redis://host/0#secret', redisAddress, /^addresses of Redis have no #/],
  ['redis://host/0?prefix=a&prefix=b', redisAddress, /^the parameter “prefix” is there twice/],
  ['amqp://host/a/b', amqpAddress, /is not an address of a broker/],
  ['amqp://host?heartbeat=5', amqpAddress, /no parameter “heartbeat”/],
  ['amqp://host?exchange=', amqpAddress, /^the exchange/],
  ['amqp://host?exchange=amq.topic', amqpAddress, /does not begin with amq\./],
  ['consul://host/path', consulAddress, /is not an address of Consul/],
  ['consul://host?dc=one', consulAddress, /no parameter “dc”/],
  ['consul://secret@host', consulAddress, /^Consul knows tokens and no users/],
  ['elasticsearch://host?index=a', elasticsearchAddress, /no parameter “index”/],
  ['http://host?sample=2', otlpAddress, /^sample in an address of an OTLP endpoint is a number from 0 to 1/],
  ['http://host?sample=', otlpAddress, /^sample/],
  ['mongodb://ann:secret@host', mongodbAddress, /^mongodb:\/\/host names no database/],
  ['mongodb://host/x?retryWrite=true', mongodbAddress, /no parameter “retryWrite”/],
  ['mongodb://host/x?tls=yes', mongodbAddress, /^tls in an address of MongoDB takes true or false/],
  ['mongodb://host/x?maxPoolSize=-1', mongodbAddress, /takes a whole number/],
  ['mongodb://a,b/x?directConnection=true', mongodbAddress, /takes one host/],
  ['mongodb+srv://host:27017/x', mongodbServer, /is not an address of MongoDB/],
  ['postgres://host', postgresDatabase, /names no database/],
  [
    'postgres://ann@host/shop?sslmode=verify_full',
    postgresDatabase,
    /^sslmode in an address of PostgreSQL is one of/,
  ],
  ['postgres://ann@host/shop?user=secret', postgresDatabase, /no parameter “user”/],
  ['smtp://ann:secret@host?starttls=off', smtpAddress, /would cross the network/],
] as const)('refuses %s, without repeating what is secret in it', (text, read, message) => {
  let failure = '';
  try {
    const url = parseUrl(text);
    read?.(url);
  } catch (error) {
    failure = (error as Error).message;
  }
  expect(failure).toMatch(message);
  expect(failure).not.toContain('secret');
});
