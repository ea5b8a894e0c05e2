import { isIP } from 'node:net';

/**
 * `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`: an address, or one with the bits of its network. Without a number there it would be a
 * network of all addresses, and one of 0 bits is every address. A zone (`fe80::1%eth0`) is known to one machine alone.
 */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || rest.length > 0) return false;
  return (
    bits === undefined ||
    (/^\d{1,3}$/.test(bits) && Number(bits) >= 1 && Number(bits) <= (family === 6 ? 128 : 32))
  );
}
