import { request } from 'node:http';

export type ProbeResult =
  /** `degraded`: what it can go on without, and lacks. */
  | { readonly kind: 'ok'; readonly degraded?: string | undefined }
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
        if (response.statusCode === 200) resolve({ kind: 'ok', degraded: failingChecks(body) });
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

/** The failing checks of a health document, else its text. */
function describeBody(body: string): string {
  const text = body.trim();
  if (text === '') return '';
  const what = failingChecks(text) ?? problemDetail(text) ?? text.slice(0, 300);
  return `: ${what}`;
}

/** Of `{"checks":{"database":"…"}}`, in any of its usual shapes; undefined when all are fine, or it is something else. */
function failingChecks(body: string): string | undefined {
  const checks = Object.entries(
    (parsed(body) as { checks?: Record<string, unknown> } | undefined)?.checks ?? {},
  );
  const failing = checks.filter(([, check]) => !isFine(check));
  if (failing.length === 0) return undefined;
  return failing.map(([name, check]) => `${name} (${describeCheck(check)})`).join(', ');
}

function problemDetail(body: string): string | undefined {
  const { detail } = (parsed(body) ?? {}) as { detail?: unknown };
  return typeof detail === 'string' ? detail : undefined;
}

function parsed(body: string): object | undefined {
  try {
    const document: unknown = JSON.parse(body);
    return typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
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
