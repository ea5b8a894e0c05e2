/** `/docs`: the API of the whole system, to read and to try out; `/openapi.json` and `/docs/openapi.json`: its document. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { InstancePool } from '../../calls/index.ts';
import { notFound, ProblemError } from '../../http/problem.ts';
import { writeProblem } from '../../http/serve.ts';
import type { OpenApiDocument } from '../../openapi/document.ts';
import type { Platform } from '../../platform.ts';
import { randomHex } from '../../telemetry/trace-context.ts';
import type { RouteTable } from '../table/table.ts';
import { aggregate } from './aggregate.ts';
import { type Asset, assetFolder, Assets, compressed } from './assets.ts';
import { ServiceDocuments } from './documents.ts';
import { CONTENT_SECURITY_POLICY, PAGE_SCRIPT, PAGE_STYLE, pageHtml } from './page.ts';

export interface DocsOptions {
  readonly platform: Platform;
  readonly instances: InstancePool;
  readonly table: () => RouteTable;
  /** Of routes that the gateway declares itself. */
  readonly own: (() => OpenApiDocument) | undefined;
}

const FILES: Readonly<Record<string, string>> = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** @returns what answers a path, if it belongs to the documentation. */
export function createDocs({
  platform,
  instances,
  table,
  own: ownDocument,
}: DocsOptions): (path: string) => RequestListener | undefined {
  const documents = new ServiceDocuments(instances, platform.clock);
  const folder = assetFolder(platform.env);
  const files = folder === undefined ? undefined : new Assets(folder);
  const title = () => `${table().name ?? platform.name} API`;
  const own = (text: string, type: string) => compressed(Buffer.from(text), type);

  const openapi = async (): Promise<Asset> => {
    const current = table();
    const document = aggregate(await documents.get(current.services), {
      own: ownDocument && { service: platform.name, document: ownDocument() },
      title: title(),
      version: '1',
      reaches: (path, service) => current.find(path)?.service === service,
    });
    return own(JSON.stringify(document), 'application/json; charset=utf-8');
  };
  const pages: Record<string, () => Promise<Asset>> = { 'openapi.json': openapi };
  if (files === undefined) {
    platform.log.warn(
      'Swagger UI is not installed: /docs has no page, only /docs/openapi.json. Set HOMETRIP_HOME, or put swagger-ui-dist into node_modules.',
    );
  } else {
    pages[''] = () => own(pageHtml(title()), 'text/html; charset=utf-8');
    pages['page.js'] = () => own(PAGE_SCRIPT, 'text/javascript; charset=utf-8');
    pages['page.css'] = () => own(PAGE_STYLE, 'text/css; charset=utf-8');
    for (const [name, type] of Object.entries(FILES)) pages[name] = () => files.get(name, type);
  }
  return (path) => {
    if (path === '/') return redirect(files === undefined ? '/docs/openapi.json' : '/docs');
    if (path !== '/openapi.json' && path !== '/docs' && !path.startsWith('/docs/')) return undefined;
    const name = path === '/openapi.json' ? 'openapi.json' : path.slice('/docs/'.length);
    const page = Object.hasOwn(pages, name) ? pages[name] : undefined;
    return (request, response) =>
      void answer(request, response, page).catch((error: unknown) =>
        fail(request, response, error, platform),
      );
  };
}

const redirect =
  (location: string): RequestListener =>
  (_, response) => {
    response.writeHead(302, { location, 'content-length': '0' }).end();
  };

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  page: (() => Promise<Asset>) | undefined,
): Promise<void> {
  if (page === undefined) throw notFound();
  if (request.method !== 'GET' && request.method !== 'HEAD')
    throw new ProblemError({ status: 405, code: 'method-not-allowed', headers: { allow: 'GET, HEAD' } });
  const { type, bytes, gzipped, etag } = await page();
  const headers = {
    'cache-control': 'no-cache',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    vary: 'accept-encoding',
    etag,
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const zipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const body = zipped ? gzipped : bytes;
  response.writeHead(200, {
    ...headers,
    'content-type': type,
    'content-length': body.length,
    ...(zipped && { 'content-encoding': 'gzip' }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function fail(_: IncomingMessage, response: ServerResponse, error: unknown, platform: Platform): void {
  if (!(error instanceof ProblemError))
    platform.log.error({ err: error }, 'the documentation cannot be shown');
  const problem =
    error instanceof ProblemError
      ? error
      : new ProblemError({ status: 500, code: 'internal', title: 'Internal error' });
  if (response.headersSent) response.destroy();
  else writeProblem(response, problem, randomHex(16), platform.draining());
}
