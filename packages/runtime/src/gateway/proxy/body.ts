/** What a client sends: small bodies are kept, so that they can be sent twice; larger ones flow through. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { hasBody } from '../../http/body.ts';
import { invite } from '../../http/expect.ts';
import { badRequest, payloadTooLarge, ProblemError } from '../../http/problem.ts';

export const KEPT_BYTES = 64 * 1024;

export interface RequestBody {
  /** Undefined: nothing to send. */
  readonly payload: Buffer | Readable | undefined;
  /** Of a stream whose length is announced. */
  readonly contentLength: string | undefined;
  /** Whether it can be sent again: true until a stream has begun to flow. */
  readonly replayable: () => boolean;
}

const NONE: RequestBody = { payload: undefined, contentLength: undefined, replayable: () => true };

/** @throws ProblemError 413, at once for an announced length; 400 when the client goes away halfway. */
export function readBody(request: IncomingMessage, limit: number): RequestBody | Promise<RequestBody> {
  if (!hasBody(request)) return NONE;
  // Of a client that went away before, nobody would tell any more.
  if (request.destroyed) throw endedEarly();
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > limit) throw payloadTooLarge(limit);
  invite(request);
  if (length !== undefined && Number(length) > KEPT_BYTES) return streamed(request, [], limit, length);
  return kept(request, limit);
}

/** Without an announced length nobody knows beforehand whether it is a small one. */
async function kept(request: IncomingMessage, limit: number): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  const over = await new Promise<boolean>((resolve, reject) => {
    const settle = (outcome: () => void) => {
      request.off('data', onData).off('end', onEnd).off('error', onError);
      outcome();
    };
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > Math.min(KEPT_BYTES, limit)) {
        request.pause();
        settle(() => resolve(true));
      }
    };
    const onEnd = () => settle(() => resolve(false));
    const onError = () => settle(() => reject(endedEarly()));
    request.on('data', onData).on('end', onEnd).on('error', onError);
  });
  if (size > limit) throw payloadTooLarge(limit);
  if (over) return streamed(request, chunks, limit, undefined);
  return {
    payload: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size),
    contentLength: undefined,
    replayable: () => true,
  };
}

const endedEarly = (): ProblemError => badRequest('The body ended early.', 'incomplete-body');

function streamed(
  request: IncomingMessage,
  first: readonly Buffer[],
  limit: number,
  contentLength: string | undefined,
): RequestBody {
  let begun = false;
  async function* flow(): AsyncGenerator<Buffer> {
    begun = true;
    let size = 0;
    for (const chunk of first) {
      size += chunk.length;
      yield chunk;
    }
    // Not destroyed when the service answers early: the client still has to get that answer.
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > limit) throw payloadTooLarge(limit);
        yield chunk;
      }
    } catch (error) {
      throw error instanceof ProblemError ? error : endedEarly();
    }
  }
  // undici takes any iterable, and reads it only once it has a connection.
  return { payload: flow() as unknown as Readable, contentLength, replayable: () => !begun };
}
