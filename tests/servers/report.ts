import { appendFileSync } from 'node:fs';
import { expect } from 'vitest';
import { adapters } from './adapters.ts';
import { generation } from './generation.ts';

export interface Proven {
  /** The port's folder in `packages/runtime/src`: `events`. */
  readonly port: string;
  /** One of its URL schemes: `amqp`. */
  readonly adapter: string;
  /** With its version: `RabbitMQ 3.10.8`. */
  readonly server: string;
}

/** Names the file that the reports of a run are appended to, a line of JSON each. */
export const REPORTS = 'HOMETRIP_TEST_SERVERS_REPORT';

/**
 * Call it in `afterAll` of a suite that ran against a real server. It becomes a line of the table at the end of the run
 * if the tests of the file passed.
 */
export function reportProven({ port, adapter, server }: Proven): void {
  const scheme = adapter.replace(/[:/]*$/, ':');
  const known = adapters();
  if (!known.some((one) => one.port === port && one.schemes.includes(scheme))) {
    const names = known.map((one) => `${one.port} ${one.schemes.join(' ')}`).join(', ');
    throw new Error(`No opener list has an adapter “${scheme}” of a port “${port}”. Known: ${names}.`);
  }
  const file = process.env[REPORTS];
  if (file === undefined) return;
  const test = `${generation()} ${expect.getState().testPath}`;
  appendFileSync(file, `${JSON.stringify({ port, scheme, server, test })}\n`);
}
