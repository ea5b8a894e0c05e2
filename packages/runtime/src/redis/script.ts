import { createHash } from 'node:crypto';
import type { RedisClient } from './connect.ts';

/** A Lua script: the server runs it as one step, with its own clock, and nobody else in between. */
export class RedisScript {
  readonly #source: string;
  readonly #hash: string;

  constructor(source: string) {
    this.#source = source;
    this.#hash = createHash('sha1').update(source).digest('hex');
  }

  /** By its hash; a server that does not know it (any more: it restarted) gets the text. */
  async run(client: RedisClient, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await client.sendCommand(['EVALSHA', this.#hash, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return await client.sendCommand(['EVAL', this.#source, ...rest]);
    }
  }
}
