import fc from 'fast-check';
import { MongoClient } from 'mongodb';
import { expect, it } from 'vitest';
import { hostsOf, parseUrl } from '../../address.ts';
import { mongodbAddress } from './address.ts';

/** What the driver makes of an address, without connecting. */
function byDriver(text: string) {
  const { hosts, dbName, srvHost } = new MongoClient(text).options;
  return { hosts: srvHost === undefined ? hosts.map(String) : [srvHost], database: dbName };
}

const host = fc.constantFrom('a', 'db-1.example.com', '127.0.0.1', '[::1]');
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });
const hosts = fc
  .array(fc.tuple(host, port), { minLength: 1, maxLength: 3 })
  .map((list) => list.map(([name, number]) => (number === undefined ? name : `${name}:${number}`)).join(','));
const value = fc.constantFrom(
  'true',
  'false',
  '0',
  '1',
  '30',
  '-1',
  'primary',
  'nearest',
  'majority',
  'zlib,snappy',
  'a:b',
  'x',
  '',
);
const name = fc.constantFrom(
  ...[
    'appName',
    'authSource',
    'compressors',
    'connectTimeoutMS',
    'directConnection',
    'family',
    'heartbeatFrequencyMS',
    'journal',
    'loadBalanced',
  ],
  ...[
    'localThresholdMS',
    'maxConnecting',
    'maxIdleTimeMS',
    'maxPoolSize',
    'maxStalenessSeconds',
    'minPoolSize',
    'proxyHost',
    'proxyPort',
  ],
  ...[
    'readConcernLevel',
    'readPreference',
    'readPreferenceTags',
    'replicaSet',
    'retryReads',
    'retryWrites',
    'serverMonitoringMode',
    'ssl',
  ],
  ...[
    'serverSelectionTimeoutMS',
    'srvMaxHosts',
    'srvServiceName',
    'tls',
    'tlsAllowInvalidCertificates',
    'tlsInsecure',
    'w',
    'wtimeoutMS',
  ],
  ...['zlibCompressionLevel', 'TLS', 'retryWrite', 'poolSize', 'serverApi', 'autoEncryption', 'pkFactory'],
);
const address = fc
  .record({
    scheme: fc.constantFrom('mongodb', 'mongodb', 'mongodb+srv'),
    user: fc.constantFrom('', 'ann@', 'ann:x%40y@'),
    hosts,
    options: fc.array(fc.tuple(name, value), { maxLength: 3 }),
  })
  .map(({ scheme, user, hosts, options }) => {
    const query = options.map(([key, text]) => `${key}=${encodeURIComponent(text)}`).join('&');
    return `${scheme}://${user}${hosts}/shop${query && `?${query}`}`;
  });

it('takes no address that the driver refuses, and both read the same hosts and database', () => {
  let taken = 0;
  fc.assert(
    fc.property(address, (text) => {
      let ours: { hosts: readonly string[]; database: string; text: string };
      try {
        const url = parseUrl(text);
        ours = { hosts: hostsOf(url), ...mongodbAddress(url) };
      } catch {
        return;
      }
      taken += 1;
      const theirs = byDriver(ours.text);
      expect(theirs.database).toBe(ours.database);
      const withPorts = text.startsWith('mongodb+srv:')
        ? ours.hosts
        : ours.hosts.map((one) => (/:\d+$/.test(one.replace(/\[.*\]/, '')) ? one : `${one}:27017`));
      expect(theirs.hosts).toEqual(withPorts);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 1_500) },
  );
  expect(taken).toBeGreaterThan(100);
});

it('takes every option of the driver that is a text', () => {
  const options = [
    'authMechanism=SCRAM-SHA-512',
    'appname=a',
    'j=true',
    'wtimeout=5',
    'tlsCAFile=/ca.pem',
    'readPreferenceTags=dc:a&readPreferenceTags=',
  ];
  for (const option of options) mongodbAddress(parseUrl(`mongodb://ann@host/x?${option}`));
});
