/**
 * Reads a JSON body: type, size, encoding and syntax are checked before anybody looks at its content.
 *
 * @setting BODY_LIMIT_BYTES Longest request body that a gateway passes on, and that a service reads unless a route says otherwise.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { bounds } from '../bounds.ts';
import { type Environment, readInteger } from '../settings.ts';
import { invite } from './expect.ts';
import { jsonMistake } from './json-position.ts';
import { badRequest, payloadTooLarge, unsupportedMediaType } from './problem.ts';
import { checkJson } from './text.ts';

export const BODY_LIMIT = bounds.bodyLimitBytes.default;

/** The same for gateways and services, so that a body is refused at the first of them. @throws SettingError */
export const readBodyLimit = (env: Environment): number =>
  readInteger(env, 'BODY_LIMIT_BYTES', bounds.bodyLimitBytes);

/** Whether the request announces a body at all (RFC 9112, section 6). */
export function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return length === undefined ? request.headers['transfer-encoding'] !== undefined : length !== '0';
}

/**
 * @returns undefined when there is no body.
 * @throws ProblemError 400 (syntax, encoding, depth, client went away), 413, 415
 */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  checkType(request);
  // The length is a number here: Node's parser refuses anything else.
  if (Number(request.headers['content-length'] ?? 0) > limit) throw payloadTooLarge(limit);
  invite(request);
  const bytes = await readBytes(request, limit);
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw badRequest('The body is not valid UTF-8.', 'malformed-json');
  const text = bytes.toString('utf8');
  const value = parse(text);
  checkJson(value, text);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const mistake = jsonMistake(text);
    const place = mistake && ` at line ${mistake.line}, column ${mistake.column}: ${mistake.what}`;
    throw badRequest(`The body is not valid JSON${place ?? ''}.`, 'malformed-json');
  }
}

const PLAIN_JSON = 'application/json';

function checkType({ headers, method }: IncomingMessage): void {
  const type = headers['content-type'];
  if (type !== PLAIN_JSON && !isJson(type, method)) {
    throw unsupportedMediaType(
      `Send the body as ${PLAIN_JSON}${type === undefined ? '; Content-Type is missing' : `, not as ${type.slice(0, 100)}`}.`,
    );
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw unsupportedMediaType('Send the body without Content-Encoding.');
  }
}

function isJson(type: string | undefined, method: string | undefined): boolean {
  if (type === undefined) return false;
  const [essence = '', ...parameters] = type
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (essence !== PLAIN_JSON && !(method === 'PATCH' && essence === 'application/merge-patch+json'))
    return false;
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset);
}

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const endedEarly = () => reject(badRequest('The body ended early.', 'incomplete-body'));
    // The client went away while its record was looked for: nothing will be heard of it any more.
    if (request.destroyed) return endedEarly();
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) {
        request.off('data', onData).pause();
        reject(payloadTooLarge(limit));
      } else {
        chunks.push(chunk);
      }
    };
    request.on('data', onData);
    request.on('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)),
    );
    request.on('error', endedEarly);
  });
}
