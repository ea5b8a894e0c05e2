/**
 * Binding to an address, and telling the supervisor which one it became.
 *
 * @setting HOST Address to listen on; `0.0.0.0` for all.
 * @setting PORT Port to listen on; 0 takes any free one.
 * @setting PORT_FALLBACK `any`: take any free port when PORT is taken. Otherwise the start fails.
 * @setting ADVERTISE_HOST Address that other services are told. Default: HOST; for a wildcard the one by which the registry is reached.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bounds } from '../bounds.ts';
import { type Environment, readInteger, readSetting, SettingError } from '../settings.ts';

/** Where a service listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** HOST, PORT (0: any), and PORT_FALLBACK=any for when the port is taken. */
export async function listen(server: Server, env: Environment): Promise<Address> {
  const host = readSetting(env, 'HOST') ?? '127.0.0.1';
  const port = readInteger(env, 'PORT', bounds.port);
  try {
    return await bound(server, host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' && readSetting(env, 'PORT_FALLBACK') === 'any')
      return await bound(server, host, 0);
    throw refused('PORT', host, port, error);
  }
}

/** @throws SettingError when it is not to be had. @param setting Which one names the port. */
export async function bind(server: Server, setting: string, host: string, port: number): Promise<Address> {
  try {
    return await bound(server, host, port);
  } catch (error) {
    throw refused(setting, host, port, error);
  }
}

function refused(setting: string, host: string, port: number, error: unknown): SettingError {
  const { code } = error as NodeJS.ErrnoException;
  const advice = ADVICE[code ?? ''] ?? 'choose another HOST or PORT';
  return new SettingError(setting, `cannot listen on ${host}:${port} (${code}): ${advice}.`);
}

/**
 * What other services are told: ADVERTISE_HOST, or HOST when it is one address. Undefined for a wildcard: then the registry's
 * adapter knows best which of the machine's addresses others reach.
 */
export function advertisedHost(env: Environment, { host }: Address): string | undefined {
  return readSetting(env, 'ADVERTISE_HOST') ?? (WILDCARDS.has(host) ? undefined : host);
}

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process has it. Stop that one, choose another PORT, or set PORT_FALLBACK=any',
  EACCES: 'this user may not bind it. Choose a PORT above 1023',
  EADDRNOTAVAIL: 'HOST is not an address of this machine',
};

function bound(server: Server, host: string, port: number): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve({ host, port: (server.address() as AddressInfo).port });
    });
  });
}

/** Written whole or not at all: readers never see half of it. */
export async function writeInstanceFile(
  file: string,
  instance: string,
  ports: { readonly port: number; readonly operationsPort: number | undefined },
  startedAt: Date,
): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  try {
    await writeFile(
      temporary,
      `${JSON.stringify({ pid: process.pid, ...ports, instance, startedAt: startedAt.toISOString() })}\n`,
    );
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingError(
      'INSTANCE_FILE',
      `INSTANCE_FILE ${file} cannot be written (${code}): its folder must exist and be writable.`,
    );
  }
}
