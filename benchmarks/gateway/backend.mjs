/** The service behind all of the proxies: as little as it can do. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { rows } from '../runtime/data.mjs';

const body = JSON.stringify({ items: rows, nextCursor: null });
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };

export async function start() {
  const server = createServer((_, response) => response.writeHead(200, headers).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}
