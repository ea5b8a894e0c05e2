/**
 * Pages of which sites may use the gateway: CORS_ORIGINS.
 *
 * @setting CORS_ORIGINS Origins of other sites whose pages may read answers and open sockets, separated by commas, or `*`. Default: none.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Environment, readSetting, SettingError } from '../settings.ts';

/**
 * Origins of other sites that may read answers and open sockets. Nobody by default: a page of the same origin needs no
 * permission, and programs send no Origin.
 */
export interface AllowedOrigins {
  readonly any: boolean;
  readonly none: boolean;
  has(origin: string): boolean;
}

/** @throws SettingError for anything but `*` or a list of origins. */
export function readOrigins(env: Environment): AllowedOrigins {
  const items = (readSetting(env, 'CORS_ORIGINS') ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.includes('*')) return { any: true, none: false, has: () => true };
  for (const item of items) {
    if (!URL.canParse(item) || new URL(item).origin !== item)
      throw new SettingError(
        'CORS_ORIGINS',
        `CORS_ORIGINS has ${JSON.stringify(item)}: write origins like https://app.example.com, separated by commas, or *.`,
      );
  }
  const origins = new Set(items);
  return { any: false, none: items.length === 0, has: (origin) => origins.has(origin) };
}

/** Whether the page that sent this was served from the host that it now talks to. */
export function isSameOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined || host === undefined) return false;
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase().replace(/:(80|443)$/, '');
}
