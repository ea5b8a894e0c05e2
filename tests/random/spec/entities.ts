/** The entities of all services: declared first, so that fields can refer to any of them. */
import { collisionKey } from '../../../packages/cli/src/model/names.ts';
import { defined, type Draw } from './draw.ts';
import { field, type Target } from './fields.ts';
import { entityName, fieldName, Names } from './names.ts';

const everyone = ['public', 'user', 'owner', 'host', 'admin', 'service'] as const;

export interface Entities {
  readonly byService: ReadonlyMap<string, Record<string, unknown>>;
  /** `order` → its fields, for the events about it. */
  readonly fields: ReadonlyMap<string, Record<string, unknown>>;
}

/** @param counts How many each service shall have. */
export function entities(draw: Draw, counts: ReadonlyMap<string, number>): Entities {
  const names = new Names();
  const targets: Target[] = [...counts].flatMap(([service, count]) =>
    draw.times(count, () => ({
      name: names.unique(() => entityName(draw, names.all), collisionKey),
      service,
      holders: draw.chance(60) ? [draw.chance(70) ? 'owner' : fieldName(draw)] : [],
    })),
  );
  const byService = new Map<string, Record<string, unknown>>();
  const fields = new Map<string, Record<string, unknown>>();
  for (const target of targets) {
    const declared = fieldsOf(draw, target, targets);
    fields.set(target.name, declared);
    byService.set(target.service, {
      ...byService.get(target.service),
      [target.name]: entity(draw, target, declared),
    });
  }
  return { byService, fields };
}

function fieldsOf(
  draw: Draw,
  { service, holders }: Target,
  targets: readonly Target[],
): Record<string, unknown> {
  const names = new Names();
  const key = (name: string): string => name.toLowerCase();
  const owners = holders.map((name) => [
    names.unique(() => name, key),
    draw.chance(15) ? { type: 'user', unique: true } : 'user',
  ]);
  const others = draw
    .times(draw.of([0, 1, 1, 2, 3, 4, 6, 10]), () => names.unique(() => fieldName(draw, names.all), key))
    .map((name) => [name, field(draw, { service, targets, ofEntity: true })]);
  const all = [...owners, ...others];
  return Object.fromEntries(all.length > 0 ? all : [['label', 'string(20)']]);
}

function entity(draw: Draw, { holders }: Target, fields: Record<string, unknown>): Record<string, unknown> {
  const owned = holders.length > 0;
  const right = (): string => draw.of(owned ? everyone : everyone.filter((who) => who !== 'owner'));
  const creator = (): string => draw.of(['user', 'host', 'admin', 'service', ...(owned ? [] : ['public'])]);
  const access = draw.maybe(60, () =>
    defined({
      read: draw.maybe(70, right),
      create: draw.maybe(70, creator),
      update: draw.maybe(70, right),
      delete: draw.maybe(70, right),
    }),
  );
  const comparable = Object.entries(fields).filter(
    ([, declared]) => !/\[\]|^json/.test(typeText(declared)) || draw.chance(2),
  );
  const names = comparable.map(([name]) => name);
  const unique = draw.maybe(20, () =>
    draw.times(draw.between(1, 2), () => draw.some(names, 3)).filter((group) => group.length > 0),
  );
  return defined({
    $access: access,
    $renamedFrom: draw.maybe(6, () => `former-${draw.below(1_000_000)}`),
    $unique: unique === undefined || unique.length === 0 ? undefined : unique,
    ...fields,
  });
}

const typeText = (declared: unknown): string =>
  typeof declared === 'string' ? declared : String((declared as { type: string }).type);
