/** Headers of every response. Flat lists, as writeHead takes them without another copy. */

export const SECURITY_HEADERS: readonly string[] = [
  'x-content-type-options',
  'nosniff',
  'x-frame-options',
  'DENY',
  'referrer-policy',
  'no-referrer',
  // An API has no pages; one that does (documentation) replaces this.
  'content-security-policy',
  "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy',
  'same-site',
];

/** Adds or replaces. Names are lower case. */
export function mergeHeaders(base: string[], extra: Readonly<Record<string, string>>): string[] {
  for (const [name, value] of Object.entries(extra)) {
    const lower = name.toLowerCase();
    let found = false;
    for (let index = 0; index < base.length; index += 2) {
      if (base[index] === lower) {
        base[index + 1] = value;
        found = true;
        break;
      }
    }
    if (!found) base.push(lower, value);
  }
  return base;
}
