import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** The documents of its body: one, or one for each line. */
  readonly bodies: readonly object[];
}

export interface Recorder extends AsyncDisposable {
  readonly port: number;
  readonly requests: readonly Recorded[];
}

/** Passes requests over HTTP on to a server, and remembers those that carry JSON. */
export async function recorder(target: URL): Promise<Recorder> {
  const requests: Recorded[] = [];
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.once('end', () => {
      const content = Buffer.concat(chunks);
      const lines = String(asked.headers['content-type']).includes('ndjson');
      const texts = lines ? content.toString().split('\n').filter(Boolean) : [content.toString()];
      const path = String(asked.url).replace(/\?.*/, '');
      if (content.length > 0)
        requests.push({
          method: asked.method ?? '',
          path,
          bodies: texts.map((text) => JSON.parse(text) as object),
        });
      const { hostname: host, port } = target;
      const options = { host, port, method: asked.method, path: asked.url, headers: asked.headers };
      const onward = request(options, (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      });
      onward.once('error', () => answer.destroy());
      onward.end(content);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
