/**
 * Names of operations, stable as long as method and path are:
 * GET /wishlists → listWishlists, POST /wishlists → createWishlist, GET /wishlists/:id → getWishlist,
 * PATCH → updateWishlist, PUT → replaceWishlist, DELETE → deleteWishlist, GET /listings/:id/photos → listListingPhotos,
 * POST /listings/:id/publish → publishListing, POST /auth/login → loginAuth.
 */
import type { Method } from '../http/route.ts';

const ITEM_VERBS: Readonly<Record<Method, string>> = {
  GET: 'get',
  POST: 'post',
  PUT: 'replace',
  PATCH: 'update',
  DELETE: 'delete',
};

/** The name of an operation that declares none: `GET /wishlists/:id` is `getWishlist`, `POST /bookings/:id/cancel` is `cancelBooking`. */
export function operationIdOf(method: Method, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  const last = segments.at(-1) ?? '';
  const literals = segments.filter((segment) => !segment.startsWith(':'));
  const owners = literals.slice(0, -1).map(singular);
  const name = literals.at(-1) ?? 'root';
  if (last.startsWith(':')) return camel([ITEM_VERBS[method], ...owners, singular(name)]);
  const plural = singular(name) !== name;
  if (method === 'GET') return camel([plural ? 'list' : 'get', ...owners, name]);
  if (method === 'POST')
    return plural || owners.length === 0
      ? camel(['create', ...owners, singular(name)])
      : camel([...(/^\d/.test(name) ? ['post'] : []), name, ...owners]);
  return camel([ITEM_VERBS[method], ...owners, name]);
}

/** Of the last word of a kebab-case name: blocked-dates → blocked-date. */
export function singular(name: string): string {
  if (/[^aeiou]ies$/.test(name)) return `${name.slice(0, -3)}y`;
  if (/(ss|sh|ch|x|zz)es$/.test(name)) return name.slice(0, -2);
  if (/[^su]s$/.test(name)) return name.slice(0, -1);
  return name;
}

function camel(parts: readonly string[]): string {
  const words = parts.flatMap((part) => part.split(/[^A-Za-z0-9]+/)).filter((word) => word !== '');
  return words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}
