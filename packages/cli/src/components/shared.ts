/** Words that several components share, so that each room says only what is special about it. */
import { z } from 'zod';
import type { Component, Database, Port, SecretUse, Stack } from '../model/stack.ts';

export const portNumber = (fallback: number, description: string) =>
  z.int().min(1).max(65535).default(fallback).describe(description);

/** What registries take as a tag, with room for an ending such as `-management-alpine`. */
const isTag = (version: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(version);

/** `version: 17` and `version: "17"` mean the same. */
export const versionParam = (fallback: string) =>
  z
    .union([
      z
        .string()
        .refine(
          isTag,
          'write the tag of an image: up to 100 letters, digits and any of _ . -, such as 17 or "17.10"',
        ),
      z.number(),
    ])
    .default(fallback)
    .transform(String)
    .describe("Tag of the image, or the part of it that names the server's version.");

export const tcp = (name: string, container: number, published?: number): Port => ({
  name,
  container,
  published,
  public: false,
  protocol: 'tcp',
});
export const http = (name: string, container: number, published?: number): Port => ({
  ...tcp(name, container, published),
  protocol: 'http',
});

export const databasePassword = (database: Database): SecretUse => ({
  secret: database.secret,
  env: databasePasswordFile(database),
});

/** The variable by which a server's container finds the password of a service's role. */
export const databasePasswordFile = ({ name }: Database): string =>
  `${name.toUpperCase()}_DATABASE_PASSWORD_FILE`;

/** Rights that an entrypoint needs which starts as root, hands its data folder to its own user, and drops to it. */
export const dropsToOwnUser = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];

/** Names what a component writes: `grafana`, or `grafana-office` for one of that name. */
export const instanceOf = (kind: string, name: string): string => (name === kind ? kind : `${kind}-${name}`);

/** The databases of services in this component that are made there. */
export const databasesIn = (
  { databases }: Stack,
  component: Component,
  place: Database['place'] = 'stack',
): readonly Database[] =>
  databases.filter((database) => database.place === place && database.component === component.name);
