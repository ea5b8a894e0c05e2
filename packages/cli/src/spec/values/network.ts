/** Addresses and networks: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`. */
import { isIP } from 'node:net';
import { type Parsed, parsed, refused } from './parsed.ts';

export function parseNetwork(text: string): Parsed<string> {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  // A network of 0 bits is everybody: then anybody says what he likes.
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= most);
  if (family === 0 || rest.length > 0 || !fits)
    return refused(
      `"${text}" is neither an address nor a network`,
      'write an address, or one with the bits of its network: 127.0.0.1, 10.0.0.0/8',
    );
  return parsed(text);
}
