import { once } from 'node:events';
import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

export async function start(_, backend) {
  const app = express();
  app.use(createProxyMiddleware({ target: backend, agent: new Agent({ keepAlive: true }) }));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}
