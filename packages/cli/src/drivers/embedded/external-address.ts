/** Addresses of servers that run elsewhere, and of what is ours on them. */
import { withinServer } from '@hometrip/runtime/namespace';
import { storesSql } from '../../model/capabilities.ts';
import { type Expression, resolveExpression } from '../../model/expression.ts';
import type { Database, Stack } from '../../model/stack.ts';
import { referencedVariables } from './desired.ts';

/** An address with the values of its variables. */
export const resolveAddress = (address: Expression, values: Readonly<Record<string, string>>): string =>
  resolveExpression(address, (reference) =>
    reference.kind === 'environment' ? (values[reference.variable] ?? '') : '',
  );

/** Where the user has written it: `PG_URL (components.postgres.external in services.yaml)`. */
export function whereFrom(key: string, address: Expression | undefined): string {
  const variables =
    address === undefined ? [] : referencedVariables([address]).map(({ variable }) => variable);
  const place = `${key} in services.yaml`;
  return variables.length > 0 ? `${variables.join(', ')} (${place})` : place;
}

export interface ExternalDatabase {
  readonly database: Database;
  /** With the rights to make databases and roles. */
  readonly server: URL;
  /** `shop_note@db.internal:5432`: by which the supervisor remembers that it made it. */
  readonly id: string;
}

type Values = Readonly<Record<string, string>>;

/** All that are to be made on servers elsewhere, sorted by name. */
export function externalDatabases(stack: Stack, values: Values): readonly ExternalDatabase[] {
  return stack.databases.flatMap((database) => {
    const component = stack.components.find(({ name }) => name === database.component);
    if (database.place !== 'server' || component === undefined || !storesSql(component)) return [];
    const server = new URL(resolveAddress(component.external ?? '', values));
    return [{ database, server, id: `${database.name}@${server.hostname}:${server.port || 5432}` }];
  });
}

/**
 * Which database of a service has which migrations: by the service's name in the stack's own server, and by its address
 * elsewhere, so that another server begins from nothing.
 */
export function migrationsKey(stack: Stack, service: string, values: Values): string {
  const database = stack.databases.find((one) => one.service === service);
  const component = stack.components.find(({ name }) => name === database?.component);
  const address = component?.addresses[service] ?? component?.external;
  if (database === undefined || database.place === 'stack' || address === undefined) return service;
  const text = resolveAddress(address, values);
  if (!URL.canParse(text)) return service;
  const { host, pathname } = new URL(text);
  return `${service}@${host}${database.place === 'server' ? `/${database.name}` : pathname}`;
}

/** Where the service finds its own. */
export function ownAddress({ database, server }: ExternalDatabase, password?: string): string {
  const url = withinServer(server, database.name) ?? server;
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url.href;
}
