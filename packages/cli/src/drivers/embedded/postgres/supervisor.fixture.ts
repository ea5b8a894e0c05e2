/**
 * A supervisor for tests, in a process of its own: starts the server of the options in its first argument, tells about
 * it on standard output, and stays until it is killed or its standard input ends. Then it stops the server.
 */
import { once } from 'node:events';
import type { PostgresOptions } from './start.ts';
import { startPostgres } from './start.ts';

const server = await startPostgres(JSON.parse(process.argv[2] ?? '{}') as PostgresOptions);
const { pid, port, adopted } = server;
process.stdout.write(
  `${JSON.stringify({ pid, port, adopted, url: server.url(), uid: process.getuid?.() })}\n`,
);
process.stdin.resume();
await once(process.stdin, 'end');
await server.stop();
