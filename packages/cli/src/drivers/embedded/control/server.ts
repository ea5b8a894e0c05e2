import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { UserError } from '../../../platform/errors.ts';
import type { DriverEvent } from '../../driver.ts';
import type { ErrorData } from '../supervisor/root-cause.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { PerformRequest, StreamLine } from './protocol.ts';

export interface ControlHooks {
  readonly supervisor: Supervisor;
  /** {@link codeVersion} when this process started. */
  readonly version: string;
  /** Ends this process; the instances stay. */
  handover(): void;
  /** After everything was stopped: the answer is sent, then this process ends. */
  finished(): Promise<void>;
}

/** Listens on a socket that only this user can open. */
export async function serveControl(path: string, hooks: ControlHooks): Promise<Server> {
  rmSync(path, { force: true }); // ours by the lock; a killed predecessor left it
  const server = createServer((request, response) => {
    answer(hooks, request, response).catch((error: unknown) => {
      if (response.headersSent) response.end();
      else sendJson(response, 500, errorData(error));
    });
  });
  server.requestTimeout = 0;
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  } finally {
    process.umask(before);
  }
  chmodSync(path, 0o600);
  return server;
}

async function answer(
  hooks: ControlHooks,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { supervisor } = hooks;
  const url = new URL(request.url ?? '/', 'http://supervisor');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /version':
      return sendJson(response, 200, { version: hooks.version, pid: process.pid });
    case 'POST /handover':
      sendJson(response, 200, {});
      return void response.once('close', () => hooks.handover());
    case 'GET /state':
      return sendJson(response, 200, supervisor.observe());
    case 'GET /environment': {
      const environment = supervisor.environmentOf(
        url.searchParams.get('service') ?? '',
        Number(url.searchParams.get('replica')),
      );
      return environment === undefined
        ? sendJson(response, 404, { message: 'no such service' })
        : sendJson(response, 200, environment);
    }
    case 'POST /perform': {
      const { desired, operations } = (await readBody(request)) as PerformRequest;
      const left = new AbortController();
      response.once('close', () => left.abort(new Error('the command was interrupted')));
      return stream(response, async (report) => {
        const error = await supervisor.perform(desired, operations, report, left.signal);
        return error === undefined ? { type: 'done' } : { type: 'failed', error };
      });
    }
    case 'POST /down':
      return stream(response, async (report) => {
        await supervisor.down(report);
        await hooks.finished();
        return { type: 'done' };
      });
    default:
      return sendJson(response, 404, { message: 'no such request' });
  }
}

async function stream(
  response: ServerResponse,
  work: (report: (event: DriverEvent) => void) => Promise<StreamLine>,
): Promise<void> {
  const write = (line: StreamLine): void => void response.write(`${JSON.stringify(line)}\n`);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  response.flushHeaders();
  try {
    write(await work((event) => write({ type: 'event', event })));
  } catch (error) {
    write({ type: 'failed', error: errorData(error) });
  }
  response.end();
}

function errorData(error: unknown): ErrorData {
  if (error instanceof UserError) return { message: error.message, where: error.where, next: error.next };
  return { message: error instanceof Error ? error.message : String(error), where: undefined, next: [] };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
