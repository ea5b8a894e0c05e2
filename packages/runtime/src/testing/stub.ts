/** A service that stands in for another one: it answers as a test says, and only what the other one could be asked and could answer. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closest } from 'fastest-levenshtein';
import { type Contract, contractsOf, type OpenApiDocument } from './stub-contract.ts';

/** What the service under test has asked. */
export interface StubRequest {
  /** As in the document: `GET /api/v1/users/{id}`. */
  readonly operation: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** Parsed JSON; undefined: none. */
  readonly body: any;
}

/** What it is told; `status` is 200 unless said otherwise. */
export interface StubAnswer {
  readonly status?: number | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Answers by operation: `'GET /api/v1/users/{id}'`; `:id` is the same. */
export type StubAnswers = Readonly<
  Record<string, StubAnswer | ((request: StubRequest) => StubAnswer | Promise<StubAnswer>)>
>;

/** A service that stands in for another one, on a free port. */
export interface ServiceStub extends AsyncDisposable {
  /** `user-service` */
  readonly service: string;
  readonly port: number;
  /** Everything that it was asked and has answered, in order. */
  readonly requests: readonly StubRequest[];
  /** What was asked that the service does not take, or answered that it does not say. */
  readonly refused: readonly string[];
  /** Other answers from now on, for these operations. @throws Error for an operation that the document does not have */
  answer(answers: StubAnswers): void;
  /** Ends it. @throws Error when anything was refused: a test that passes by a wrong request shows nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a stub of a service that the one under test calls: hand it to `startService` as one of `stubs`.
 *
 * A request that the document does not have, or whose parameters or body do not fit it, is refused: the stub answers 501 and says why, and
 * so does `stop`, that of the service under test too. The same holds for answers that do not fit, so that a test cannot rest on
 * what the service never says.
 * @param document The `openapi.json` of the service: where it is, or what it says.
 * @throws Error when an answer is for an operation that the document does not have
 */
export async function stubService(
  service: string,
  document: URL | string | OpenApiDocument,
  answers: StubAnswers = {},
): Promise<ServiceStub> {
  const contracts = contractsOf(read(document));
  const requests: StubRequest[] = [];
  const refused: string[] = [];
  const known = new Map<string, StubAnswers[string]>();
  const add = (more: StubAnswers): void => {
    for (const [key, answer] of Object.entries(more)) known.set(nameOf(service, key, contracts), answer);
  };
  add(answers);
  const server = createServer((incoming, response) => {
    void serve(incoming).then(
      (answer) => send(response, answer),
      (error: unknown) =>
        send(response, refuse(`${service}: ${error instanceof Error ? error.message : String(error)}`)),
    );
  });
  const refuse = (reason: string): StubAnswer => {
    refused.push(reason);
    return {
      status: 501,
      body: { type: 'about:blank', title: 'Not stubbed', status: 501, code: 'not-stubbed', detail: reason },
    };
  };
  const serve = async (incoming: IncomingMessage): Promise<StubAnswer> => {
    const url = new URL(incoming.url ?? '/', 'http://stub');
    const asked = `${incoming.method} ${url.pathname}`;
    const found = find(contracts, incoming.method ?? '', url.pathname);
    if (found === undefined) return refuse(`${service} has no ${asked} in its document`);
    const { contract, params } = found;
    const request: StubRequest = {
      operation: contract.name,
      params,
      query: url.searchParams,
      headers: incoming.headers,
      body: await bodyOf(incoming),
    };
    const [wrong] = contract.refusals(request);
    if (wrong !== undefined) return refuse(`${service} does not take this ${asked}: ${wrong}`);
    const given = known.get(contract.name);
    if (given === undefined)
      return refuse(`${service} was asked ${asked}, and the test has no answer to ${contract.name}`);
    const { status = 200, body, headers } = typeof given === 'function' ? await given(request) : given;
    const [impossible] = contract.objections(status, body);
    if (impossible !== undefined)
      return refuse(`${service} never answers ${contract.name} like this: ${impossible}`);
    requests.push(request);
    return { status, body, headers };
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
    if (refused.length > 0) throw new Error([...new Set(refused)].join('\n'));
  };
  return {
    service,
    port: (server.address() as AddressInfo).port,
    requests,
    refused,
    answer: add,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** For REGISTRY_URL. */
export const registryOf = (stubs: readonly ServiceStub[]): string =>
  `static:?${new URLSearchParams(stubs.map(({ service, port }): [string, string] => [service, `127.0.0.1:${port}`])).toString()}`;

function read(document: URL | string | OpenApiDocument): OpenApiDocument {
  if (typeof document === 'object' && !(document instanceof URL)) return document;
  try {
    return JSON.parse(readFileSync(document, 'utf8')) as OpenApiDocument;
  } catch (error) {
    throw new Error(`the document of the service to stub cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** `GET /users/:id` → `GET /users/{id}`. @throws Error that names the nearest operation */
function nameOf(service: string, key: string, contracts: ReadonlyMap<string, Contract>): string {
  const name = key.replaceAll(/:(\w+)/g, '{$1}');
  if (contracts.has(name)) return name;
  const names = [...contracts.keys()];
  throw new Error(
    `${service} has no operation “${key}” in its document${names.length === 0 ? '' : `; did you mean “${closest(name, names)}”?`}`,
  );
}

/** A path without parameters before one with them: `/users/me` before `/users/{id}`. */
function find(
  contracts: ReadonlyMap<string, Contract>,
  method: string,
  path: string,
): { contract: Contract; params: Record<string, string> } | undefined {
  const parts = path.split('/');
  const fitting = [...contracts.values()].flatMap((contract) => {
    const [verb, pattern = ''] = contract.name.split(' ');
    const wanted = pattern.split('/');
    if (verb !== method || wanted.length !== parts.length) return [];
    const params: Record<string, string> = {};
    for (const [index, part] of wanted.entries()) {
      const name = /^\{(.+)\}$/.exec(part)?.[1];
      if (name !== undefined) params[name] = decodeURIComponent(parts[index] ?? '');
      else if (part !== parts[index]) return [];
    }
    return [{ contract, params }];
  });
  return fitting.sort((a, b) => Object.keys(a.params).length - Object.keys(b.params).length)[0];
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk as string;
  if (text === '') return undefined;
  return /[/+]json\b/.test(incoming.headers['content-type'] ?? '') ? JSON.parse(text) : text;
}

function send(response: ServerResponse, { status = 200, body, headers = {} }: StubAnswer): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  const text = body === undefined ? undefined : JSON.stringify(body);
  response
    .writeHead(status, { ...(text === undefined ? {} : { 'content-type': type }), ...headers })
    .end(text);
}
