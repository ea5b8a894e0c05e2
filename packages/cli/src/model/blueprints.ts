/**
 * The blueprints: one folder each below templates/blueprints/, whose blueprint.json says everything about it (README.md there
 * explains the keys). `crud`, the default, is the base alone: whatever a service is, its entities get the same REST API.
 */
import { z } from 'zod';
import { templates } from '../platform/templates.ts';
import { allCapabilities, type Capability, capabilities } from './capabilities.ts';

const texts = z.array(z.string()).default([]);
const contribution = z.strictObject({ name: z.string(), from: z.string() });
const manifest = z.strictObject({
  description: z.string(),
  kind: z.enum(['gateway', 'service']),
  role: z.literal('issuer').optional(),
  paths: texts,
  databases: texts,
  extensions: texts,
  secrets: z
    .array(
      z.strictObject({
        name: z.string(),
        env: z.string(),
        kind: z.enum(['password', 'key']),
        description: z.string(),
      }),
    )
    .default([]),
  files: z.array(z.strictObject({ env: z.string(), source: z.string(), folder: z.string() })).default([]),
  replicable: z.literal(false).optional(),
  service: z.string().optional(),
  needs: z.record(z.string(), z.unknown()).default({}),
  publishes: z.record(z.string(), z.record(z.string(), z.string())).default({}),
  contributes: z.record(z.string(), z.array(contribution)).default({}),
  consumes: texts,
  standIns: texts,
  environment: z.record(z.string(), z.string()).default({}),
  assets: texts,
});

export type Contribution = z.output<typeof contribution>;
export type Blueprint = Readonly<z.output<typeof manifest>> & { readonly id: string };

const folder = 'blueprints';
let known: readonly Blueprint[] | undefined;

/** All of them, by name; read once. */
export function allBlueprints(): readonly Blueprint[] {
  known ??= templates.files(folder).flatMap((path) => {
    const id = /^([^/]+)\/blueprint\.json$/.exec(path)?.[1];
    return id === undefined
      ? []
      : [{ id, ...manifest.parse(JSON.parse(templates.text(`${folder}/${path}`))) }];
  });
  return known;
}

export const blueprintById = (id: string): Blueprint | undefined =>
  allBlueprints().find((blueprint) => blueprint.id === id);

/** What the blueprint's own code cannot do without, whatever services.yaml says, beside its database; by name. */
export const needsOf = (blueprint: Blueprint | undefined): readonly Capability[] =>
  allCapabilities()
    .filter((capability) => {
      const { need, claim, optional } = capabilities[capability];
      return need !== undefined && claim !== 'store' && !optional && blueprint?.needs[need] === true;
    })
    .sort();

/** Whether what is built from this blueprint issues the access tokens of its stack. */
export const isIssuer = ({ blueprint }: { readonly blueprint: string }): boolean =>
  blueprintById(blueprint)?.role === 'issuer';

/** One line about a service: its own words, else its blueprint's. */
export const describeService = (service: {
  readonly description: string | undefined;
  readonly blueprint: string;
}): string => service.description ?? blueprintById(service.blueprint)?.description ?? '';

/** What the service's blueprint needs beside the passwords of its components: a key to sign with. */
export const blueprintSecrets = ({ blueprint }: { readonly blueprint: string }): Blueprint['secrets'] =>
  blueprintById(blueprint)?.secrets ?? [];
