/** blueprint.json: its keys, their defaults and the form of their values. All of it ends up in files and statements, so each is narrow. */
import { z } from 'zod';
import type { Blueprint } from '../../model/blueprints.ts';
import { eventPattern, extensionPattern, fieldPattern, namePattern } from '../schema.ts';

/** No step up, no root: it stays below its folder. */
const relativePath = /^(?!\.{0,2}\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._/-]+[A-Za-z0-9_-]$/;
const identifier = /^[A-Za-z_$][\w$]*$/;

const text = (pattern: RegExp, expected: string) => z.string().max(200).regex(pattern, { error: expected });
const name = text(namePattern, 'a name of lower-case letters, digits and hyphens');
const variable = text(/^[A-Z][A-Z0-9_]*$/, 'the name of a variable, such as GREETING_TONE');
const file = text(relativePath, 'the path of a file in the folder, without ..');
const oneLine = text(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, 'one line of plain text');
const path = text(/^[a-z0-9]+(?:[-/][a-z0-9]+)*$/, 'a path such as greetings, without / in front');
const npmPackage = text(/^(?:@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*$/, 'the name of a package');
const versionRange = text(/^[\w^~<>=*.|+ -]+$/, 'a range of versions, such as ^6.2.0');
const list = <T extends z.ZodType>(item: T) => z.array(item).default([]);

export const manifestSchema = z.strictObject({
  description: oneLine,
  kind: z.enum(['gateway', 'service']),
  role: z.enum(['front', 'sockets', 'issuer']).optional(),
  keys: path.optional(),
  paths: list(path),
  databases: list(name),
  extensions: list(text(extensionPattern, 'the name of an extension, such as citext')),
  secrets: list(
    z.strictObject({
      name,
      env: variable,
      kind: z.enum(['password', 'key']),
      description: oneLine,
    }),
  ),
  files: list(
    z.strictObject({
      env: variable,
      source: file,
      folder: text(
        /^\/(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._/-]+$/,
        'the absolute path of a folder in the container, without ..',
      ),
    }),
  ),
  replicable: z.literal(false).optional(),
  service: name.optional(),
  needs: z.record(text(identifier, 'a key of needs'), z.json()).default({}),
  publishes: z
    .record(
      text(eventPattern, 'an event name such as order.placed'),
      z.record(text(fieldPattern, 'a field name in camelCase'), z.string()),
    )
    .default({}),
  contributes: z
    .record(
      text(identifier, 'a key of defineService'),
      z.array(
        z.strictObject({
          name: text(identifier, 'the name of an exported function'),
          from: text(
            /^\.\/(?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._/-]+\.ts$/,
            'a file below src/, such as ./greeting/routes.ts',
          ),
        }),
      ),
    )
    .default({}),
  consumes: list(text(eventPattern, 'an event name such as order.placed')),
  standIns: list(file),
  environment: z.record(variable, oneLine).default({}),
  assets: list(
    text(
      /^(?:@[a-z0-9-]+\/)?[a-z0-9](?!.*(?:^|\/)\.{1,2}(?:\/|$))[A-Za-z0-9._-]*(?:\/[A-Za-z0-9._-]+)*$/,
      'a file of a package, such as swagger-ui-dist/swagger-ui.css',
    ),
  ),
  packages: z.record(npmPackage, versionRange).default({}),
}) satisfies z.ZodType<Omit<Blueprint, 'id'>>;
