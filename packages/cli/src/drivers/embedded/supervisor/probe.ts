import { request } from 'node:http';

export type ProbeResult =
  | { readonly kind: 'ok' }
  /** It answers, and says no. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It does not answer. */
  | { readonly kind: 'silent'; readonly reason: string };

const MAX_BODY = 4_096;

/** One GET on loopback, on a connection of its own; never rejects. */
export function probe(port: number, path: string, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path, agent: false, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (body.length < MAX_BODY) body += chunk;
      });
      response.on('error', () => resolve({ kind: 'silent', reason: `${path} broke off` }));
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ kind: 'ok' });
        else
          resolve({
            kind: 'refused',
            reason: `${path} answers ${response.statusCode ?? '?'}${describeBody(body)}`,
          });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    call.on('error', (error) => resolve({ kind: 'silent', reason: `${path}: ${error.message}` }));
    call.end();
  });
}

/** The failing checks of a health document (`{"checks":{"database":"…"}}` in any of its usual shapes), else its text. */
function describeBody(body: string): string {
  const text = body.trim();
  if (text === '') return '';
  try {
    const document = JSON.parse(text) as { checks?: Record<string, unknown>; detail?: unknown };
    const failing = Object.entries(document.checks ?? {}).filter(([, check]) => !isFine(check));
    if (failing.length > 0)
      return `: ${failing.map(([name, check]) => `${name} (${describeCheck(check)})`).join(', ')}`;
    if (typeof document.detail === 'string') return `: ${document.detail}`;
  } catch {
    // Not JSON: shown as it is.
  }
  return `: ${text.slice(0, 300)}`;
}

function isFine(check: unknown): boolean {
  const status = typeof check === 'object' && check !== null && 'status' in check ? check.status : check;
  return status === true || status === 'ok' || status === 'up' || status === 'pass';
}

function describeCheck(check: unknown): string {
  if (typeof check !== 'object' || check === null) return String(check);
  const { error, reason, message, detail, status } = check as Record<string, unknown>;
  return String(error ?? reason ?? message ?? detail ?? status ?? 'fails');
}
