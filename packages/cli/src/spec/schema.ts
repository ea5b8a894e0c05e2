/**
 * The language of services.yaml: its keys, their defaults and their descriptions. Validation, the JSON Schema for editors
 * and the reference of the documentation all come from here. What one value alone cannot tell is checked by rules/.
 */
import { z } from 'zod';
import type { Expression } from '../model/expression.ts';
import type { Access, Balance, Role } from '../model/stack.ts';
import { parseAddress } from './values/address.ts';
import { callPolicy } from './values/call-policy.ts';
import { withDefault } from './values/field-default.ts';
import { type FieldSpec, parseField } from './values/field.ts';
import { parseNetwork } from './values/network.ts';
import {
  parseAvailability,
  parseBodyLimit,
  parseLatency,
  parseMemory,
  parsePercent,
  parseRate,
} from './values/quantities.ts';
import { syntax } from './values/syntax.ts';

/** A DNS label (RFC 1123) that starts with a letter and leaves room for suffixes such as `-database-password`. */
export const namePattern = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
export const entityPattern = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
export const fieldPattern = /^[a-z][A-Za-z0-9]*$/;
export const eventPattern = /^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+$/;

const balances = ['round_robin', 'least_conn', 'ip_hash'] as const satisfies readonly Balance[];
/** Who may do something, besides the roles that `roles` declares. */
export const accessWords = [
  'public',
  'user',
  'owner',
  'admin',
  'service',
] as const satisfies readonly Access[];
const creators = ['public', 'user', 'admin', 'service'] as const satisfies readonly Access[];

/** Names as keys: `expected` completes the message "… is not". */
const key = (pattern: RegExp, expected: string) => z.string().max(60).regex(pattern, { error: expected });
const serviceName = key(
  namePattern,
  'a name of up to 40 lower-case letters, digits and hyphens that starts with a letter',
);

/** It becomes headings, comments and table cells: nothing that repaints a terminal. */
const oneLine = z
  .string()
  .max(400)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, { error: 'one line of plain text' });

/** As PostgreSQL names them. */
export const extensionPattern = /^[a-z][a-z0-9_-]{0,62}$/;
const extension = z.string().regex(extensionPattern, { error: 'the name of an extension, such as pg_trgm' });

const port = z.int().min(1).max(65_535);
const replicas = z.int().min(1).max(1000);
const cpus = z.number().min(0.01).max(1024).meta({ description: 'Cores: 0.5 is half of one.' });
const memory = syntax(parseMemory, { description: 'Memory, in powers of 1024.', examples: ['512M', '1G'] });
const limits = z.strictObject({ cpus: cpus.optional(), memory: memory.optional() });
const sloKeys = {
  availability: syntax(parseAvailability, {
    description: 'Share of requests that must succeed.',
    examples: ['99.9%'],
  }),
  latency: syntax(parseLatency, {
    description: 'How fast, for which share of requests.',
    examples: ['300ms@p95'],
  }),
};
const slo = z.strictObject({
  availability: sloKeys.availability.optional(),
  latency: sloKeys.latency.optional(),
});

const defaults = z
  .strictObject({
    replicas: replicas.default(1).meta({ description: 'Instances of each service and gateway.' }),
    limits: z
      .strictObject({ cpus: cpus.default(0.5), memory: memory.prefault('512M') })
      .prefault({})
      .meta({ description: 'Compute limits of each workload.' }),
    slo: z
      .strictObject({
        availability: sloKeys.availability.prefault('99.9%'),
        latency: sloKeys.latency.prefault('300ms@p95'),
      })
      .prefault({})
      .meta({ description: 'Service level objectives; alerts follow from them.' }),
  })
  .prefault({})
  .meta({ description: 'What every service has unless it says otherwise.' });

const fieldName = key(fieldPattern, 'a field name in camelCase');

const fieldText = syntax(parseField, {
  description: 'type(arguments)[]? = default',
  examples: [
    'string(120)',
    'int(1..50) = 1',
    'enum(draft, published) = draft',
    'string(40)[] = []',
    'text?',
    'listing',
  ],
});

const fieldObject = z
  .strictObject({
    type: fieldText.meta({ description: 'The type, as in the short form.' }),
    optional: z.boolean().optional().meta({ description: 'May be missing.' }),
    unique: z.boolean().default(false).meta({ description: 'No two records have the same value.' }),
    default: z.json().optional().meta({ description: 'Used when the client gives none.' }),
    readOnly: z
      .boolean()
      .default(false)
      .meta({ description: 'Set by the service only, never accepted from clients.' }),
    mine: z
      .union([z.boolean(), z.array(fieldName).min(1)])
      .default(false)
      .meta({
        description:
          'For a reference within the service: callers may only refer to a record of their own. `true` asks its owner field, a list asks those fields of it that hold users. All others get 403; admins and services pass.',
        examples: [true, ['owner', 'participants']],
      }),
    renamedFrom: fieldName
      .optional()
      .meta({ description: 'Its earlier name: the next migration renames it, and the values stay.' }),
  })
  .transform(
    ({ type, optional, unique, default: value, readOnly, mine, renamedFrom }, context): FieldSpec => {
      const field = { ...type, optional: optional ?? type.optional, unique, readOnly, mine, renamedFrom };
      if (value === undefined) return field;
      const result = withDefault(field, value);
      if (result.ok) return result.value;
      context.addIssue({
        code: 'custom',
        message: result.message,
        params: { help: result.help },
        path: ['default'],
        input: value,
      });
      return z.NEVER;
    },
  );

const field = z.union([fieldText, fieldObject]);

const roleName = key(namePattern, 'the name of a role in lower-case letters, digits and hyphens');
const anyone = z.union([z.enum(accessWords), roleName]).optional();
const access = z.strictObject({
  read: anyone,
  // Nobody owns what is not there yet.
  create: z
    .union([z.enum(creators), roleName])
    .refine((who) => who !== 'owner', { error: 'a record has no owner before it is created' })
    .optional(),
  update: anyone,
  delete: anyone,
});

const roles = z
  .union([z.array(roleName).min(1), z.record(roleName, oneLine.nullable())])
  .transform((written): Role[] =>
    Array.isArray(written)
      ? written.map((name) => ({ name, description: undefined }))
      : Object.entries(written).map(([name, description]) => ({
          name,
          description: description ?? undefined,
        })),
  );

const entityName = key(entityPattern, 'an entity name in kebab-case');

/** Keys with a `$` sit beside the fields, so the fields are what is left. */
const entity = z
  .object({
    $access: access.optional().meta({
      description:
        'Who may read, create, update and delete: public, user, owner, admin, service, or one of `roles`. Unsaid: the owner, or for entities without one any user reads and admins change.',
    }),
    $unique: z
      .array(z.array(fieldName).min(1))
      .optional()
      .meta({
        description: 'Lists of fields that are unique together.',
        examples: [[['bookingId', 'owner']]],
      }),
    $renamedFrom: entityName
      .optional()
      .meta({ description: 'Its earlier name: the next migration renames its table, and the records stay.' }),
  })
  .catchall(field);

const names = z.array(z.string());

const serviceKeys = {
  description: oneLine.optional().meta({ description: 'One sentence for people.' }),
  blueprint: z.string().optional().meta({
    description:
      'What it is built from: one of the installation, or a folder of the project’s templates/blueprints/.',
  }),
  port: port.meta({ description: 'Where it listens; unique in the system.' }),
  replicas: replicas.optional().meta({ description: 'Instances.' }),
  balance: z
    .enum(balances)
    .default('round_robin')
    .meta({ description: 'How callers spread requests over the replicas.' }),
  uses: names.default([]).meta({ description: 'Further components that it uses.' }),
  calls: names.default([]).meta({ description: 'Services that it calls over HTTP.' }),
  callPolicies: z
    .record(serviceName, callPolicy)
    .default({})
    .meta({ description: 'How it calls each of them, where the defaults do not fit.' }),
  publishes: names.default([]).meta({ description: 'Events that it publishes.' }),
  subscribes: names.default([]).meta({ description: 'Events that it consumes.' }),
  rateLimit: z.string().optional().meta({ description: 'The rate limit at the edge, one of rateLimits.' }),
  autoscale: z
    .strictObject({
      min: replicas.default(1).meta({ description: 'Fewest instances.' }),
      max: replicas.meta({ description: 'Most instances.' }),
      cpu: syntax(parsePercent, {
        description: 'CPU use to aim at, in per cent of the limit.',
        examples: ['70%'],
      }).prefault('70%'),
    })
    .optional()
    .meta({ description: 'Where the target can scale by itself.' }),
  slo: slo.optional().meta({ description: 'Its own service level objectives.' }),
  limits: limits.optional().meta({ description: 'Its own compute limits.' }),
};

const gateway = z.strictObject({
  ...serviceKeys,
  public: z.boolean().default(false).meta({ description: 'Reachable from outside.' }),
});

const service = z.strictObject({
  ...serviceKeys,
  database: z.string().optional().meta({ description: 'The component that stores its data.' }),
  extensions: z
    .array(extension)
    .default([])
    .meta({
      description: 'Extensions of PostgreSQL that its migrations use, beside those of its blueprint.',
      examples: [['pg_trgm']],
    }),
  renamedFrom: serviceName.optional().meta({
    description: 'Its earlier name: its migrations and its database are handed over, and the data stays.',
  }),
  entities: z
    .record(entityName, entity)
    .default({})
    .meta({ description: 'Its data; each entity becomes a REST API.' }),
});

/** What all components have in common; the rest are the parameters of their kind. */
export const componentKeys = {
  kind: z.string().optional().meta({
    description: 'What it is, where its name does not say so: several of a kind have names of their own.',
  }),
  offers: z.array(z.string()).min(1).optional().meta({
    description: 'What it is for, where another component offers the same. Unsaid: all that its kind offers.',
  }),
  external: syntax(parseAddress, {
    description:
      'The address of a server that runs elsewhere; then none is started. Each service has a database of its own there.',
    examples: ['${DATABASE_URL}'],
  }).optional(),
  addresses: z
    .record(
      serviceName,
      syntax(parseAddress, {
        description: 'The address of this service’s own database, with its user.',
        examples: ['${BILLING_DATABASE_URL}'],
      }),
    )
    .default({})
    .meta({
      description:
        'Databases of single services that lie elsewhere, by service; they are used as they are, and never created here.',
      examples: [{ 'billing-service': '${BILLING_DATABASE_URL}' }],
    }),
  limits: limits.optional().meta({ description: 'Its own compute limits.' }),
  replicas: replicas.optional().meta({ description: 'Instances, where its kind can have several.' }),
};

const component = z
  .object(componentKeys)
  .catchall(z.unknown())
  .transform(
    ({ kind, offers, external, addresses, limits, replicas, ...params }): ComponentSpec => ({
      kind,
      offers,
      external,
      addresses,
      limits,
      replicas,
      params,
    }),
  );

export interface ComponentSpec {
  readonly kind: string | undefined;
  /** Names of capabilities. */
  readonly offers: readonly string[] | undefined;
  readonly external: Expression | undefined;
  readonly addresses: Readonly<Record<string, Expression>>;
  readonly limits: z.output<typeof limits> | undefined;
  readonly replicas: number | undefined;
  /** After validation: those of its kind, defaults included. */
  readonly params: Readonly<Record<string, unknown>>;
}

export const specSchema = z.strictObject({
  name: serviceName.meta({ description: 'Name of the system.' }),
  version: z.literal(1).meta({ description: 'Version of this language.' }),
  description: oneLine.optional().meta({ description: 'One sentence for people.' }),
  defaults,
  components: z
    .record(serviceName, component)
    .default({})
    .meta({ description: 'The infrastructure, by name. The name says the kind, unless `kind` does.' }),
  rateLimits: z
    .record(
      serviceName,
      z.strictObject({
        rate: syntax(parseRate, {
          description: 'Requests per second, minute or hour, for each client.',
          examples: ['100/s'],
        }),
        burst: z
          .int()
          .min(0)
          .max(1_000_000)
          .default(0)
          .meta({ description: 'Requests above the rate that are still served.' }),
      }),
    )
    .default({})
    .meta({ description: 'Limits at the edge, by name.' }),
  bodyLimit: syntax(parseBodyLimit, {
    description:
      'Longest request body: the same at the edge, the gateways and the services, so that a body is refused at the first of them.',
    examples: ['1M', '10M'],
  }).prefault('1M'),
  trustedProxies: z
    .array(
      syntax(parseNetwork, {
        description: 'An address or a network.',
        examples: ['127.0.0.1', '10.0.0.0/8'],
      }),
    )
    .default([])
    .meta({
      description:
        'Proxies in front of the edge: what their X-Forwarded-For says of a client is believed, for limits and logs. That of others is not.',
    }),
  roles: roles.prefault(['member', 'admin']).meta({
    description:
      'What users can be, a list or with a description each. The first is what a new account is; `admin` may always do what owners and roles may.',
    examples: [['customer', 'merchant', 'admin']],
  }),
  events: z
    .record(key(eventPattern, 'an event name such as booking.confirmed'), z.record(fieldName, field))
    .default({})
    .meta({ description: 'Contracts of the events: fields by name.' }),
  gateways: z.record(serviceName, gateway).default({}).meta({ description: 'What clients talk to.' }),
  services: z.record(serviceName, service).default({}).meta({ description: 'The microservices.' }),
  environments: z.record(serviceName, z.looseObject({})).default({}).meta({
    description: 'Overlays, chosen with --env: merged into the rest; lists are replaced, null removes a key.',
  }),
});

/** The validated content of services.yaml. */
export type Spec = Readonly<z.output<typeof specSchema>>;
export type ServiceSpec = z.output<typeof service>;
export type GatewaySpec = z.output<typeof gateway>;
export type EntitySpec = z.output<typeof entity>;

/** The component that stores its data; gateways have none. */
export const databaseOf = (service: GatewaySpec | ServiceSpec): string | undefined =>
  'database' in service ? service.database : undefined;

/** `ledger: { kind: postgres }` is a postgres, and so is `postgres: {}`. */
export const kindOf = (name: string, component: { readonly kind?: unknown }): string =>
  typeof component.kind === 'string' ? component.kind : name;
