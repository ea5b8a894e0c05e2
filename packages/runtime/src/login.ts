/**
 * Whether a server lets us in with the address that a service would get: asked by whoever starts services, so that a wrong password
 * is told before they start, and not by each of them.
 */

/** The server is there, and does not take the user or the password of the address. */
export class LoginRefusedError extends Error {
  override readonly name = 'LoginRefusedError';
}

type LogIn = (url: URL, timeoutMs: number) => Promise<void>;

/** By scheme; the library behind each is loaded only when it is asked for. */
const logins: Readonly<Record<string, LogIn>> = {
  'redis:': redis,
  'rediss:': redis,
  'amqp:': amqp,
  'amqps:': amqp,
  'mongodb:': mongodb,
  'mongodb+srv:': mongodb,
  'elasticsearch:': search,
  'https:': search,
  'smtp:': smtp,
  'smtps:': smtp,
};

/**
 * Connects, logs in and leaves; changes nothing there. Schemes that it does not know are let pass.
 * @throws LoginRefusedError; Error with whatever else is in the way. Neither tells the password.
 */
export async function logIn(url: URL, timeoutMs: number): Promise<void> {
  const login = logins[url.protocol];
  if (login === undefined) return;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    await Promise.race([login(url, timeoutMs), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function redis(url: URL, timeoutMs: number): Promise<void> {
  const [{ redisAddress }, { connect }] = await Promise.all([
    import('./redis/address.ts'),
    import('./redis/connect.ts'),
  ]);
  const late = AbortSignal.timeout(timeoutMs);
  const { client } = await connect(redisAddress(url), 'login', async () => undefined, late).catch(
    refusedIf(({ message }) => /^(WRONGPASS|NOAUTH)\b/.test(message)),
  );
  client.destroy();
}

async function amqp(url: URL, timeoutMs: number): Promise<void> {
  const { openOnce } = await import('./events/amqp/connection.ts');
  const connection = await openOnce(url, timeoutMs).catch(
    refusedIf(({ message }) => /ACCESS.REFUSED/.test(message)),
  );
  await connection.close();
}

async function mongodb(url: URL, timeoutMs: number): Promise<void> {
  const { tryConnection } = await import('./documents/mongodb/connection.ts');
  // 18: authentication failed; 13: a server that asks for a user; 8000: the same of a managed cluster.
  await tryConnection(url, timeoutMs).catch(refusedIf(({ code }) => [13, 18, 8000].includes(Number(code))));
}

async function search(url: URL, timeoutMs: number): Promise<void> {
  const { Http, RefusedError } = await import('./search/elasticsearch/http.ts');
  const http = new Http(url);
  try {
    await http.request('GET', '/', { timeoutMs });
  } catch (error) {
    if (error instanceof RefusedError) throw new LoginRefusedError(error.message, { cause: error });
    // What a client of the service would be told hides what happened.
    throw (error as Error).cause ?? error;
  } finally {
    await http.close();
  }
}

async function smtp(url: URL): Promise<void> {
  const { verifySmtp } = await import('./mailer/smtp/adapter.ts');
  await verifySmtp(url).catch(refusedIf(({ code }) => code === 'EAUTH'));
}

type Failure = Error & { readonly code?: string | number };

const refusedIf =
  (isRefusal: (error: Failure) => boolean) =>
  (error: Failure): never => {
    throw isRefusal(error) ? new LoginRefusedError(error.message, { cause: error }) : error;
  };
