/** Words that several components share, so that each room says only what is special about it. */
import { z } from 'zod';
import { endpoint, expr } from '../model/expression.ts';
import type { Binding, Capability, Database, Port, SecretUse, Workload } from '../model/stack.ts';
import type { BindingInput } from './component.ts';

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
  name,
  container,
  published,
  public: false,
  protocol: 'http',
});

/** What a component's workload is unless its folder says otherwise: private, no extra rights, 30 s to stop. */
export function componentWorkload(
  parts: Pick<Workload, 'name' | 'image' | 'ports' | 'health' | 'limits'> & Partial<Workload>,
): Workload {
  return {
    kind: 'component',
    source: undefined,
    command: undefined,
    environment: {},
    secrets: [],
    volumes: [],
    files: [],
    replicas: 1,
    autoscale: undefined,
    dependsOn: [],
    networks: ['private'],
    user: undefined,
    capabilities: [],
    scratch: [],
    readOnly: false,
    stopGrace: 30,
    ...parts,
  };
}

export const databasePassword = (database: Database): SecretUse => ({
  secret: database.secret,
  env: `${database.name.toUpperCase()}_DATABASE_PASSWORD_FILE`,
});

/** Rights that an entrypoint needs which starts as root, hands its data folder to its own user, and drops to it. */
export const dropsToOwnUser = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];

/**
 * What a service calls its own on a server that others use as well, in the setting `<X>_NAMESPACE` beside `<X>_URL`: its
 * database and role, or the stack's prefix or exchange. The address itself is known only where it runs.
 */
export const namespace = (env: string, name: string): Readonly<Record<string, string>> => ({
  [env.replace(/_URL$/, '_NAMESPACE')]: name,
});

/**
 * A service's own database: on a server of this component, `<scheme>://<role>@<server>/<database>`; on one that runs
 * elsewhere; or at an address of its own, which is used as it is.
 */
export function ownDatabase(
  { name, external, address, service, databases }: BindingInput<unknown>,
  to: {
    capability: Capability;
    env: string;
    scheme: string;
    port: string;
    /** On a server elsewhere: a role that is made for it, or the user of the address. */
    role: 'own' | 'given';
  },
): readonly Binding[] {
  const database = databases.find(
    (candidate) => candidate.service === service.name && candidate.component === name,
  );
  if (database === undefined) return [];
  const binding = { capability: to.capability, component: name, env: to.env };
  if (address !== undefined) return [{ ...binding, url: address, secret: undefined }];
  if (external !== undefined)
    return [
      {
        ...binding,
        url: external,
        secret: to.role === 'own' ? database.secret : undefined,
        settings: namespace(to.env, database.name),
      },
    ];
  return [
    {
      ...binding,
      url: expr`${to.scheme}://${database.name}@${endpoint(name, to.port)}/${database.name}`,
      secret: database.secret,
    },
  ];
}
