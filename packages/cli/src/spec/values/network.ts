/** Addresses and networks: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`. */
import { isNetwork } from '@hometrip/runtime/addresses';
import { type Parsed, parsed, refused } from './parsed.ts';

export function parseNetwork(text: string): Parsed<string> {
  if (!isNetwork(text))
    return refused(
      `"${text}" is neither an address nor a network`,
      'write an address, or one with the bits of its network: 127.0.0.1, 10.0.0.0/8',
    );
  return parsed(text);
}
