/** What a `mongodb://` address says. Of its options the driver knows more; what it would refuse is refused here, without loading it. */
import { AddressError, checkAddress, hostOf, hostsOf } from '../../address.ts';

/** A database, from `mongodb://user@host:27017,host:27018/name` or `mongodb+srv://user@host/name`. */
export interface MongodbAddress {
  /** For the driver, with all hosts. */
  readonly text: string;
  readonly database: string;
}

/** Each with the port that it means without naming one; undefined: DNS knows hosts and ports. */
export const mongodbSchemes = { 'mongodb:': 27017, 'mongodb+srv:': undefined } as const;

const FORM = 'mongodb://user@host:27017/name, or mongodb+srv://user@host/name';

/** What an option takes, and how that is said. */
type Takes = readonly [pattern: RegExp, words: string];

const text: Takes = [/./, 'a value'];
const flag: Takes = [/^(?:true|false)$/, 'true or false'];
const count: Takes = [/^\d{1,9}$/, 'a whole number'];
const positive: Takes = [/^[1-9]\d{0,8}$/, 'a whole number above 0'];
const oneOf = (...values: readonly string[]): Takes => [
  new RegExp(`^(?:${values.join('|')})$`),
  `one of ${values.join(', ')}`,
];

/**
 * The driver's options, without those that are no texts. Which mechanisms of authentication there are is left to the driver: their
 * list grows.
 */
const OPTIONS: Readonly<Record<string, Takes>> = {
  appName: text,
  authMechanism: text,
  authMechanismProperties: [/^[^:,]+:[^,]*(?:,[^:,]+:[^,]*)*$/, 'NAME:value,NAME:value'],
  authSource: text,
  autoSelectFamily: flag,
  autoSelectFamilyAttemptTimeout: count,
  compressors: [/^(?:none|snappy|zlib|zstd)(?:,(?:none|snappy|zlib|zstd))*$/, 'a list of snappy, zlib, zstd'],
  connectTimeoutMS: count,
  directConnection: flag,
  family: oneOf('4', '6'),
  heartbeatFrequencyMS: count,
  j: flag,
  journal: flag,
  loadBalanced: flag,
  localThresholdMS: count,
  maxConnecting: positive,
  maxIdleTimeMS: count,
  maxPoolSize: count,
  maxStalenessSeconds: positive,
  minHeartbeatFrequencyMS: count,
  minPoolSize: count,
  noDelay: flag,
  proxyHost: text,
  proxyPassword: text,
  proxyPort: count,
  proxyUsername: text,
  readConcernLevel: oneOf('local', 'available', 'majority', 'linearizable', 'snapshot'),
  readPreference: oneOf('primary', 'primaryPreferred', 'secondary', 'secondaryPreferred', 'nearest'),
  readPreferenceTags: [/^(?:[^:,]+:[^,]*(?:,[^:,]+:[^,]*)*)?$/, 'name:value,name:value'],
  replicaSet: text,
  retryReads: flag,
  retryWrites: flag,
  serverMonitoringMode: oneOf('auto', 'poll', 'stream'),
  serverSelectionTimeoutMS: count,
  servername: text,
  socketTimeoutMS: count,
  srvMaxHosts: count,
  srvServiceName: text,
  ssl: flag,
  tls: flag,
  tlsAllowInvalidCertificates: flag,
  tlsAllowInvalidHostnames: flag,
  tlsCAFile: text,
  tlsCRLFile: text,
  tlsCertificateKeyFile: text,
  tlsCertificateKeyFilePassword: text,
  tlsInsecure: flag,
  w: text,
  waitQueueTimeoutMS: count,
  wtimeout: count,
  wtimeoutMS: count,
  zlibCompressionLevel: [/^(?:-1|\d)$/, 'a number from -1 to 9'],
};

/** Names of options count in any case. */
const options = new Map(Object.entries(OPTIONS).map(([name, takes]) => [name.toLowerCase(), takes]));

/** @throws AddressError when the address is none of a server of MongoDB, whatever its database. */
export function mongodbServer(url: URL): void {
  const srv = url.protocol === 'mongodb+srv:';
  checkAddress(url, {
    of: 'MongoDB',
    form: FORM,
    parameters: [...url.searchParams.keys()].filter((name) => options.has(name.toLowerCase())),
    path: 'name',
    repeated: ['readPreferenceTags'],
    ...(!srv && { several: true }),
  });
  if (/^\/.+\/$/.test(url.pathname) || (srv && (url.port !== '' || url.host.startsWith('['))))
    throw new AddressError(
      `${url.protocol}//${hostOf(url)}${url.pathname} is not an address of MongoDB`,
      FORM,
    );
  for (const [name, value] of url.searchParams) checkOption(name, value);
  checkTogether(url, srv);
}

function checkOption(name: string, value: string): void {
  const [pattern, words] = options.get(name.toLowerCase()) ?? text;
  if (!pattern.test(value)) throw new AddressError(`${name} in an address of MongoDB takes ${words}`);
}

/** Options that contradict each other, or the hosts. */
function checkTogether({ searchParams, host, username }: URL, srv: boolean): void {
  const given = new Map([...searchParams].map(([name, value]) => [name.toLowerCase(), value]));
  const several = host.includes(',');
  const balanced = given.get('loadbalanced') === 'true';
  const refuse = (when: boolean, reason: string): void => {
    if (when) throw new AddressError(`${reason} in an address of MongoDB`);
  };
  refuse(
    given.has('tls') && given.has('ssl') && given.get('tls') !== given.get('ssl'),
    'tls contradicts ssl',
  );
  refuse(
    given.has('tlsinsecure') &&
      (given.has('tlsallowinvalidcertificates') || given.has('tlsallowinvalidhostnames')),
    'tlsInsecure says what tlsAllowInvalidCertificates and tlsAllowInvalidHostnames say, and takes their place',
  );
  refuse(
    given.get('directconnection') === 'true' && (srv || several || balanced),
    'directConnection=true takes one host, without mongodb+srv:// and loadBalanced',
  );
  refuse(
    balanced && (several || given.has('replicaset')),
    'loadBalanced=true takes one host and no replicaSet',
  );
  refuse(
    !srv && (given.has('srvmaxhosts') || given.has('srvservicename')),
    'srvMaxHosts and srvServiceName go with mongodb+srv:// alone',
  );
  refuse(
    Number(given.get('srvmaxhosts') ?? 0) > 0 && (given.has('replicaset') || balanced),
    'srvMaxHosts goes with neither replicaSet nor loadBalanced',
  );
  refuse(
    (given.get('readpreference') ?? 'secondary') === 'primary' &&
      (Boolean(given.get('readpreferencetags')) || given.has('maxstalenessseconds')),
    'readPreferenceTags and maxStalenessSeconds choose among secondaries: readPreference=primary has none',
  );
  refuse(
    Number(given.get('minpoolsize') ?? 0) > Number(given.get('maxpoolsize') || Infinity),
    'minPoolSize is above maxPoolSize',
  );
  refuse(
    !given.has('proxyhost') &&
      ['proxyport', 'proxyusername', 'proxypassword'].some((name) => given.has(name)),
    'proxyPort, proxyUsername and proxyPassword need proxyHost',
  );
  refuse(
    given.has('proxyusername') !== given.has('proxypassword'),
    'proxyUsername and proxyPassword need each other',
  );
  refuse(
    username === '' && /^(?:SCRAM-|PLAIN|GSSAPI)/i.test(given.get('authmechanism') ?? ''),
    'authMechanism needs a user',
  );
}

/** @throws AddressError when the address is none of a database of MongoDB. */
export function mongodbAddress(url: URL): MongodbAddress {
  mongodbServer(url);
  const database = decodeURIComponent(url.pathname.slice(1));
  const hosts = hostOf(url);
  if (database === '')
    throw new AddressError(
      `${url.protocol}//${hosts} names no database: append one, as in ${url.protocol}//host/name`,
    );
  if (/[/\\. "$*<>:|?\0]/.test(database) || Buffer.byteLength(database) > 63)
    throw new AddressError('a database of MongoDB has up to 63 letters, digits, _ and -');
  const separated = hostsOf(url).length > 1;
  return { text: separated ? url.href.replace(url.host, hosts) : url.href, database };
}
