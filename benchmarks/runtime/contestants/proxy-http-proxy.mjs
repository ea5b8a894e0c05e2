import { once } from 'node:events';
import { Agent } from 'node:http';
import httpProxy from 'http-proxy-3';

export async function start(_, backend) {
  const agent = new Agent({ keepAlive: true });
  const server = httpProxy.createProxyServer({ target: backend, agent }).listen(0, '127.0.0.1');
  await once(server._server, 'listening');
  return `http://127.0.0.1:${server._server.address().port}`;
}
