import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { UserError } from '../platform/errors.ts';
import type { Wish } from '../usecases/add/wish.ts';
import { BaseCommand } from './base.ts';

const dryRun = Flags.boolean({ description: 'show the change, write nothing' });
const nameArg = (description: string) => Args.string({ description, required: true });
/** `--uses redis,smtp` or `--uses redis --uses smtp`. */
const list = (helpValue: string, description: string) =>
  Flags.string({
    helpValue,
    description,
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    default: [],
  });
/** Each time as one piece, with the commas in it. */
const pieces = (helpValue: string, description: string) =>
  Flags.string({ helpValue, description, multiple: true, multipleNonGreedy: true, default: [] });

const SAFE =
  'Only lines are added: comments, layout and everything else stay as they are. The result is validated first, and what would not be valid is not written.';

abstract class AddCommand extends BaseCommand {
  protected async add(flags: Flagged, wish: Wish): Promise<void> {
    const [{ add }, { presentAddition, additionJson }] = await Promise.all([
      import('../usecases/add.ts'),
      import('../ui/add.ts'),
    ]);
    const result = await add(this.project(flags), wish, { dryRun: flags['dry-run'] });
    if (flags.json) this.terminal.json(additionJson(result));
    else presentAddition(result, this.terminal);
  }
}

interface Flagged {
  readonly project?: string | undefined;
  readonly json: boolean;
  readonly 'dry-run': boolean;
}

export class AddService extends AddCommand {
  static override summary = 'Add a service to services.yaml';
  static override description =
    `It gets the next free port unless you name one. Components and events that it needs, also for its blueprint, are added where they are missing. ${SAFE}`;
  static override examples = [
    {
      description: 'A REST API with a database and a cache',
      command:
        "hometrip add service orders --database postgres --uses redis --entity 'order: { number: string(20), total: money }'",
    },
    {
      description: 'A service of your own code that listens to events',
      command: 'hometrip add service mailer --subscribes order.placed,order.cancelled',
    },
    {
      description: 'Accounts, from a blueprint: with the events and the component that carries them',
      command: 'hometrip add service auth-service --blueprint auth',
    },
    {
      description: 'See what it would be',
      command: 'hometrip add service orders --database postgres --dry-run',
    },
  ];
  static override args = { name: nameArg('of the service: lower-case letters, digits and hyphens') };
  static override flags = {
    port: Flags.integer({
      helpValue: 'N',
      min: 1,
      max: 65_535,
      description: 'where it listens (default: the next free one)',
    }),
    database: Flags.string({ helpValue: 'COMPONENT', description: 'component that stores its data' }),
    entity: pieces('TEXT', "its data, as in 'order: { number: string(20), total: money }'"),
    uses: list('COMPONENTS', 'further components that it uses'),
    calls: list('SERVICES', 'services that it calls over HTTP'),
    publishes: list('EVENTS', 'events that it publishes'),
    subscribes: list('EVENTS', 'events that it consumes'),
    blueprint: Flags.string({ helpValue: 'NAME', description: 'template that it starts from' }),
    replicas: Flags.integer({ helpValue: 'N', min: 1, description: 'instances' }),
    'rate-limit': Flags.string({
      helpValue: 'NAME',
      description: 'its limit at the edge, one of rateLimits',
    }),
    description: Flags.string({ helpValue: 'TEXT', description: 'one sentence for people' }),
    'dry-run': dryRun,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AddService);
    const { parseFields } = await import('../usecases/add/fields.ts');
    const { entity, 'rate-limit': rateLimit } = flags;
    const keys = {
      ...given({
        description: flags.description,
        blueprint: flags.blueprint,
        port: flags.port,
        replicas: flags.replicas,
        database: flags.database,
        rateLimit,
      }),
      ...filled({
        uses: flags.uses,
        calls: flags.calls,
        publishes: flags.publishes,
        subscribes: flags.subscribes,
      }),
      ...(entity.length > 0 && { entities: parseFields(entity) }),
    };
    await this.add(flags, { kind: 'service', name: args.name, keys });
  }
}

export class AddEntity extends AddCommand {
  static override summary = 'Add an entity to a service in services.yaml';
  static override description =
    `Each entity becomes a REST API with its table and migration. Fields are written as in services.yaml, as arguments or with --field. ${SAFE}`;
  static override examples = [
    "hometrip add entity orders.line 'sku: string(40)' 'quantity: int(1..99) = 1' orderId:order",
    "hometrip add entity orders.line --field 'sku: string(40)' --field 'price: money'",
    {
      description: 'The long form, and who may read it',
      command:
        "hometrip add entity parts.part '$access: { read: public }' 'code: { type: string(20), unique: true }'",
    },
  ];
  static override strict = false;
  static override args = {
    name: nameArg('SERVICE.ENTITY'),
    fields: Args.string({ description: 'NAME:TYPE, one or more', required: false }),
  };
  static override flags = {
    field: pieces('TEXT', "a field, as in 'sku: string(40)'"),
    'dry-run': dryRun,
  };

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(AddEntity);
    const { parseFields } = await import('../usecases/add/fields.ts');
    const [, service = '', name = ''] = /^([^.]*)\.(.*)$/s.exec(args.name) ?? [];
    if (service === '' || name === '')
      throw new UserError(`"${args.name}" is not SERVICE.ENTITY`, {
        next: ["write for example: hometrip add entity orders.line 'sku: string(40)'"],
        exitCode: 2,
      });
    const fields = parseFields([...(argv as string[]).slice(1), ...flags.field]);
    if (Object.keys(fields).length === 0)
      throw new UserError(`the entity ${name} needs a field`, {
        next: [`write for example: hometrip add entity ${args.name} 'title: string(120)'`],
        exitCode: 2,
      });
    await this.add(flags, { kind: 'entity', service, name, fields });
  }
}

export class AddEvent extends AddCommand {
  static override summary = 'Add an event to services.yaml';
  static override description = `The event is a contract: both sides are typed by it. ${SAFE}`;
  static override examples = [
    'hometrip add event order.placed orderId:uuid total:money',
    {
      description: 'With the services that publish and consume it',
      command:
        "hometrip add event order.placed orderId:uuid 'note: text?' --published-by orders --consumed-by mailer",
    },
  ];
  static override strict = false;
  static override args = {
    name: nameArg('of the event, such as order.placed'),
    fields: Args.string({ description: 'NAME:TYPE, any number', required: false }),
  };
  static override flags = {
    field: pieces('TEXT', "a field, as in 'total: money'"),
    'published-by': list('SERVICES', 'services that publish it'),
    'consumed-by': list('SERVICES', 'services and gateways that consume it'),
    'dry-run': dryRun,
  };

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(AddEvent);
    const { parseFields } = await import('../usecases/add/fields.ts');
    await this.add(flags, {
      kind: 'event',
      name: args.name,
      fields: parseFields([...(argv as string[]).slice(1), ...flags.field]),
      publishers: flags['published-by'],
      subscribers: flags['consumed-by'],
    });
  }
}

export class AddComponent extends AddCommand {
  static override summary = 'Add a component, such as redis, to services.yaml';
  static override description = `Settings that you do not give have their defaults. ${SAFE}`;
  static override examples = [
    'hometrip add component redis',
    'hometrip add component postgres version:17 port:5433',
    {
      description: 'A server that runs elsewhere',
      command: 'hometrip add component postgres \'external: "${DATABASE_URL}"\'',
    },
  ];
  static override strict = false;
  static override args = {
    name: nameArg('postgres, redis, rabbitmq and so on'),
    settings: Args.string({ description: 'NAME:VALUE, any number', required: false }),
  };
  static override flags = { 'dry-run': dryRun };

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(AddComponent);
    const { parseFields } = await import('../usecases/add/fields.ts');
    const settings = parseFields((argv as string[]).slice(1));
    await this.add(flags, { kind: 'component', name: args.name, settings });
  }
}

const given = <T>(values: Readonly<Record<string, T | undefined>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, T] => entry[1] !== undefined));

const filled = <T>(lists: Readonly<Record<string, readonly T[]>>): Record<string, readonly T[]> =>
  Object.fromEntries(Object.entries(lists).filter(([, items]) => items.length > 0));
