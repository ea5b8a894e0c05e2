import { RedisClient as Driver } from '@redis/client';
import type { RedisAddress } from './address.ts';

/**
 * The driver's own class, for `sendCommand`. Its `createClient` derives one with a method per command each time that the
 * options differ: 20 ms and 26 MB of garbage for the hundreds that we do not use.
 */
const open = ({ url }: RedisAddress, name: string) =>
  new Driver({
    url,
    // Shown by CLIENT LIST; a name has no spaces.
    name: name.replaceAll(/[^!-~]/g, '-'),
    // Ours is the loop that connects again: see RedisConnection.
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS },
    disableOfflineQueue: true,
    disableClientInfo: true,
    // A feature of one vendor's servers, which costs every connection a command.
    maintNotifications: 'disabled',
    // It counts only until a command is written, and costs a timer for each.
    commandOptions: { timeout: 0 },
  });

/** One connection, from its handshake to its end. */
export type RedisClient = ReturnType<typeof open>;

export interface Connected {
  readonly client: RedisClient;
  /** Resolves with the reason when the connection has ended; never rejects. */
  readonly gone: Promise<Error>;
}

/** For all of it: reaching the server, the handshake, and what `prepare` does. */
const CONNECT_MS = 2_000;

/**
 * Resolves when the server serves: one that still loads its data does not.
 * @throws Error what is in the way; nothing stays open.
 */
export async function connect(
  address: RedisAddress,
  name: string,
  prepare: (client: RedisClient) => Promise<unknown>,
  signal: AbortSignal,
): Promise<Connected> {
  signal.throwIfAborted();
  const client = open(address, name);
  const gone = new Promise<Error>((resolve) => {
    client.on('error', resolve);
    client.on('end', () => resolve(new Error('the connection was closed')));
  });
  const late = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]);
  // Destroyed before its socket is there, the driver would open it all the same, and wait for an answer.
  client.on('connect', () => late.aborted && client.destroy());
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const end = () => reject(new Error(`no answer within ${CONNECT_MS} ms`));
  late.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([aborted, handshake(client, prepare)]);
    return { client, gone };
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    late.removeEventListener('abort', end);
  }
}

async function handshake(
  client: RedisClient,
  prepare: (client: RedisClient) => Promise<unknown>,
): Promise<void> {
  await client.connect();
  await client.sendCommand(['PING']);
  await prepare(client);
}
