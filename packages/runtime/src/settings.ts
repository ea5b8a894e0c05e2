/**
 * Settings of a process. Every one may come from the environment (`X`) or from a file (`X_FILE`, as container
 * secrets do). Passwords stay out of URLs: `DATABASE_PASSWORD` or `DATABASE_PASSWORD_FILE` adds it to `DATABASE_URL`.
 */
import { readFileSync } from 'node:fs';
import { parseUrl } from './address.ts';
import type { Bounds } from './bounds.ts';
import { withinServer } from './namespace.ts';

export type { Bounds } from './bounds.ts';

/** Settings by name: `process.env`, or any other record in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is missing or wrong. The message says which, and what to do. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  readonly setting: string;
  constructor(setting: string, message: string) {
    super(message);
    this.setting = setting;
  }
}

/** Undefined when it is neither set nor given by a file; an empty value counts as not set. Trailing line breaks of files go. */
export function readSetting(env: Environment, name: string): string | undefined {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new SettingError(
      `${name}_FILE`,
      `${name}_FILE names ${file}, which cannot be read (${reason}): check that the file is there and readable.`,
    );
  }
  const trimmed = text.replace(/[\r\n]+$/, '');
  return trimmed === '' ? undefined : trimmed;
}

/** The same, for one that must be there. @throws SettingError when it is not. */
export function requireSetting(env: Environment, name: string): string {
  const value = readSetting(env, name);
  if (value === undefined)
    throw new SettingError(name, `${name} is not set: set it, or ${name}_FILE to a file that holds it.`);
  return value;
}

/**
 * The URL `<prefix>_URL`, what `<prefix>_NAMESPACE` calls ours on that server, and the password of `<prefix>_PASSWORD` or
 * `<prefix>_PASSWORD_FILE`; undefined when there is no URL.
 */
export function readUrl(env: Environment, name: `${string}_URL`): URL | undefined {
  const text = readSetting(env, name);
  if (text === undefined) return undefined;
  let server: URL;
  try {
    server = parseUrl(text);
  } catch (error) {
    throw new SettingError(name, `${name} ${(error as Error).message}.`);
  }
  // By the rules of URLs `file:mail` and `file:./mail` are /mail, which nobody means.
  if (/^file:(?!\/)/i.test(text))
    throw new SettingError(
      name,
      `${name} (${text}) has a relative path: write the whole one, as in file:///var/lib/shop/mail.`,
    );
  const prefix = name.slice(0, -'_URL'.length);
  const url = ownUrl(env, `${prefix}_NAMESPACE`, name, server);
  const passwordName = `${prefix}_PASSWORD`;
  const password = readSetting(env, passwordName);
  if (password !== undefined) {
    // Some schemes (file:, memory:) cannot carry a password; silently dropping it would only show at the server.
    url.password = encodeURIComponent(password);
    if (url.password === '')
      throw new SettingError(
        passwordName,
        `${passwordName} is set, but ${name} (${url.protocol}) cannot carry a password: remove one of them.`,
      );
  }
  return url;
}

function ownUrl(env: Environment, setting: string, name: string, server: URL): URL {
  const namespace = readSetting(env, setting);
  if (namespace === undefined) return server;
  const own = withinServer(server, namespace);
  if (own === undefined)
    throw new SettingError(
      setting,
      `${setting} is set, but ${name} (${server.protocol}) has no place for it: remove one of them.`,
    );
  return own;
}

/** The same as `readUrl`, for one that must be there. @throws SettingError when it is not, or is not a URL. */
export function requireUrl(env: Environment, name: `${string}_URL`): URL {
  const url = readUrl(env, name);
  if (url === undefined)
    throw new SettingError(
      name,
      `${name} is not set: this service needs it. Set it to a URL; its scheme chooses the adapter.`,
    );
  return url;
}

/** A whole number within bounds. @throws SettingError */
export const readInteger = (env: Environment, name: string, bounds: Bounds): number =>
  readBounded(env, name, bounds, 'a whole number', Number.isInteger);

/** A number within bounds. @throws SettingError */
export const readNumber = (env: Environment, name: string, bounds: Bounds): number =>
  readBounded(env, name, bounds, 'a number', Number.isFinite);

function readBounded(
  env: Environment,
  name: string,
  { default: unset, min, max }: Bounds,
  what: string,
  fits: (value: number) => boolean,
): number {
  const text = readSetting(env, name);
  if (text === undefined) return unset;
  const value = Number(text);
  if (fits(value) && value >= min && value <= max) return value;
  throw new SettingError(
    name,
    `${name} is ${JSON.stringify(text)}: it must be ${what} from ${min} to ${max}.`,
  );
}
