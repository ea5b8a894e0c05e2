/** What is known about a request that got no answer. */
export interface CallFailure {
  /** No connection was made: the request was never sent, so every method may be tried elsewhere. */
  readonly unsent: boolean;
  /** The call was given up: by the caller, or by its deadline. */
  readonly aborted: boolean;
}

const UNSENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function classify(error: unknown): CallFailure {
  if (error instanceof AggregateError)
    return { unsent: error.errors.every((inner) => classify(inner).unsent), aborted: false };
  const { code, name, syscall } = error as { code?: unknown; name?: unknown; syscall?: unknown };
  const unsent = typeof code === 'string' && (UNSENT.has(code) || syscall === 'connect');
  return {
    unsent,
    aborted: !unsent && (name === 'AbortError' || name === 'TimeoutError' || code === 'UND_ERR_ABORTED'),
  };
}
