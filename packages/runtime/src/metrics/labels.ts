/** What keeps labels few, whoever sends what. */
import { STATUS_CODES } from 'node:http';

/** The methods that the semantic conventions name; any other is one label. */
export const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
]);

/** 499: the client went away. A made-up status is known by its class. */
export const statusLabel = (status: number): number | string =>
  status === 499 || status in STATUS_CODES ? status : `${Math.trunc(status / 100)}xx`;
