import type { Capability } from './stack.ts';

/**
 * The blueprints: one line each here, one folder each below templates/blueprints/. `crud`, the default, is the base
 * alone: whatever a service is, its entities get the same REST API.
 */
export interface Blueprint {
  readonly id: string;
  readonly description: string;
  readonly kind: 'gateway' | 'service';
  /** `issuer`: issues the access tokens of the stack, which all other services verify. */
  readonly role?: 'issuer';
  /** Edge paths that the blueprint answers itself, below /api/v1, besides those of the entities. */
  readonly paths: readonly string[];
  /** Components that may store its data; empty when it stores nothing. */
  readonly databases: readonly string[];
  /** What it does not start without, beside its database. */
  readonly needs?: readonly Capability[];
  /** Events that its code publishes, with the fields that it fills; written as in services.yaml. */
  readonly publishes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** PostgreSQL extensions that its migrations use. */
  readonly extensions: readonly string[];
  /** Secrets of its own, made with the stack's: `env` is the setting, which arrives as `<env>_FILE`. */
  readonly secrets?: readonly {
    readonly name: string;
    readonly env: string;
    readonly kind: 'password' | 'key';
    readonly description: string;
  }[];
  /**
   * Generated files that it reads, and reads again when they change: `source` is below the output folder, in a folder of its
   * own, which a container gets as `folder`; `env` tells the service the file's path.
   */
  readonly files?: readonly { readonly env: string; readonly source: string; readonly folder: string }[];
  /** false: several instances of it would not work together. */
  readonly replicable?: false;
}

const anyStore = ['postgres', 'mongodb', 'elasticsearch'];

export const blueprints: readonly Blueprint[] = [
  {
    id: 'crud',
    description: 'A REST API from entities',
    kind: 'service',
    paths: [],
    databases: anyStore,
    extensions: [],
  },
  {
    id: 'api-gateway',
    description: 'The front door: routing, authentication, limits, docs',
    kind: 'gateway',
    paths: [],
    databases: [],
    extensions: [],
    files: [{ env: 'GATEWAY_ROUTES_FILE', source: 'gateway/routes.json', folder: '/etc/hometrip/gateway' }],
  },
  {
    id: 'websocket-gateway',
    description: 'Pushes events to browsers',
    kind: 'gateway',
    paths: [],
    databases: [],
    needs: ['events', 'pubsub'],
    extensions: [],
  },
  {
    id: 'auth',
    description: 'Accounts, sessions, tokens',
    kind: 'service',
    role: 'issuer',
    paths: ['auth'],
    databases: ['postgres'],
    needs: ['events'],
    publishes: {
      'user.registered': { userId: 'uuid', email: 'email', displayName: 'string(80)' },
      'user.erased': { userId: 'uuid' },
    },
    extensions: ['citext'],
    secrets: [
      {
        name: 'auth-signing-key',
        env: 'AUTH_SIGNING_KEY',
        kind: 'key',
        description: 'Seed of the key that signs access tokens: 32 bytes in base64url.',
      },
    ],
  },
  {
    id: 'user',
    description: 'Profiles and preferences',
    kind: 'service',
    paths: [],
    databases: ['postgres'],
    extensions: [],
  },
  {
    id: 'listing',
    description: 'Homes that can be booked',
    kind: 'service',
    paths: [],
    databases: ['postgres'],
    extensions: [],
  },
  {
    id: 'booking',
    description: 'Stays, held and confirmed',
    kind: 'service',
    paths: [],
    databases: ['postgres'],
    extensions: ['btree_gist'],
  },
  {
    id: 'payment',
    description: 'Money in and out',
    kind: 'service',
    paths: [],
    databases: ['postgres'],
    extensions: [],
  },
  {
    id: 'message',
    description: 'Guests and hosts talk',
    kind: 'service',
    paths: [],
    databases: ['mongodb'],
    extensions: [],
  },
  {
    id: 'review',
    description: 'What people say after a stay',
    kind: 'service',
    paths: [],
    databases: ['mongodb'],
    extensions: [],
  },
  {
    id: 'analytics',
    description: 'Counts what happens',
    kind: 'service',
    paths: [],
    databases: ['mongodb'],
    extensions: [],
  },
  {
    id: 'notification',
    description: 'Tells people what concerns them',
    kind: 'service',
    paths: [],
    databases: ['mongodb'],
    extensions: [],
  },
  {
    id: 'search',
    description: 'Finds homes and places',
    kind: 'service',
    paths: [],
    databases: ['elasticsearch'],
    extensions: [],
  },
];

/** Whether what is built from this blueprint issues the access tokens of its stack. */
export const isIssuer = ({ blueprint }: { readonly blueprint: string }): boolean =>
  blueprints.some(({ id, role }) => id === blueprint && role === 'issuer');

/** One line about a service: its own words, else its blueprint's. */
export const describeService = (service: {
  readonly description: string | undefined;
  readonly blueprint: string;
}): string => service.description ?? blueprints.find(({ id }) => id === service.blueprint)?.description ?? '';

/** What the service's blueprint needs beside the passwords of its components: a key to sign with. */
export function blueprintSecrets({
  blueprint,
}: {
  readonly blueprint: string;
}): NonNullable<Blueprint['secrets']> {
  return blueprints.find(({ id }) => id === blueprint)?.secrets ?? [];
}
