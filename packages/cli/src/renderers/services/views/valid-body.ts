/** The bodies that the generated tests send: valid, one after the other, and what they refer to created before. */
import type { Access, Field, Service } from '../../../model/stack.ts';
import { isTaken } from '../../../model/names.ts';
import { type EntityModel, entityModel } from '../entity.ts';
import { checkedReferences } from '../own-references.ts';
import { createDefault } from '../schema/field-schema.ts';
import { fit } from '../source.ts';
import { type Distinct, distinctOf } from './distinct.ts';
import { sample } from './samples.ts';
import { storeKind } from './service.ts';

export interface Body {
  /** Of the input, those that `items` name. */
  readonly named: readonly Field[];
  /** `title: 'Title'`, `listingId: listing.body.id` */
  readonly items: readonly string[];
  /** Statements that create what it refers to, in their order; indented by two. */
  readonly steps: readonly string[];
  readonly distinct: Distinct;
  /** Names of the clients that it is made with, each a property of `TestUsers`. */
  readonly clients: readonly string[];
  /** Whether it differs from the body before, by the counter `n`. */
  readonly counts: boolean;
  /** Some of what it refers to can be there already: the file needs `createOrFind`. */
  readonly reuses: boolean;
}

/** The variable of the client that has a right: the service, as an anonymous caller, or one of `TestUsers`. */
export function clientOf(access: Access): string {
  switch (access) {
    case 'public':
      return 'service';
    case 'admin':
      return 'admin';
    case 'service':
      return 'internal';
    default:
      return 'owner';
  }
}

/** Who sees them all. */
export const lister = ({ entity }: EntityModel): string =>
  entity.access.read === 'owner' ? 'admin' : clientOf(entity.access.read);

export const pathOf = ({ entity }: EntityModel): string => `/api/v1/${entity.names.path}`;

/** References that a body names, and that the service looks up on behalf of the caller. */
export const checkedFields = (model: EntityModel): readonly Field[] => {
  const checked = [...checkedReferences(model, 'create'), ...checkedReferences(model, 'update')];
  return validBody(model, 'owner').named.filter((field) => checked.some((own) => own.field === field));
};

/**
 * What a body names: what it has to, references that are checked, required or not, and whatever is unique, so that it can be
 * another one each time.
 */
export function givenFields(model: EntityModel): readonly Field[] {
  const { entity, input, ownReferences } = model;
  const unique = new Set([
    ...entity.fields.filter((field) => field.unique).map(({ name }) => name),
    ...entity.unique.flat(),
  ]);
  return input.filter(
    (field) =>
      createDefault(field) === undefined ||
      (unique.has(field.name) && (field.default ?? null) !== null) ||
      ownReferences.some((own) => own.field === field && own.target !== entity),
  );
}

/** The body of `valid()`. `by`: the variable of the client whose the records are that it refers to. */
export const validBody = (model: EntityModel, by: string): Body => new Builder().body(model, by, [], []);

/** True when the service looks the reference up, so that it has to lead to something. */
const isLookedUp = ({ type, list, mine }: Field, service: Service): boolean =>
  type.kind === 'reference' &&
  type.service === service.name &&
  !list &&
  (storeKind(service) === 'sql' || mine.length > 0);

const clientNames = ['owner', 'admin', 'internal'];

/** Names each reply once: two fields may refer to the same record, or to different ones under one name. */
class Builder {
  readonly #variables = new Map<string, string>();
  readonly #clients = new Set<string>();
  #counts = false;
  #reuses = false;

  #client(name: string): string {
    if (name !== 'service') this.#clients.add(name);
    return name;
  }

  /** @param holders Fields that shall hold the user of `by`. */
  body(model: EntityModel, by: string, holders: readonly string[], above: readonly string[]): Body {
    const { entity, owner, ownerInBody, input } = model;
    const within = [...above, entity.name];
    const parents = new Map<Field, { model: EntityModel; body: Body }>();
    const asked = givenFields(model).filter((field) => {
      const target = this.#target(model, field);
      if (target === undefined) return true;
      // In a circle somebody has to begin without.
      if (within.includes(target.entity.name)) return createDefault(field) === undefined;
      const parent = this.body(target, by, field.mine, within);
      // Of what there can be few of, the one that is there may belong to another test's owner.
      const isOthers = parent.distinct.narrowest !== undefined && field.mine.length > 0;
      if (isOthers && createDefault(field) !== undefined) return false;
      parents.set(field, { model: target, body: parent });
      return true;
    });
    const fields = input.filter((field) => asked.includes(field) || holders.includes(field.name));
    const distinct = distinctOf(model, fields, (field) => parents.get(field)?.body.distinct);
    const references = new Map(
      [...parents].map(([field, parent]) => [field, this.#create(field, parent.model, parent.body, by)]),
    );
    const valueText = (field: Field): string => {
      if (holders.includes(field.name)) {
        const user = `${this.#client(by)}.userId`;
        return field.list ? `[${user}]` : user;
      }
      const reference = references.get(field);
      if (reference !== undefined) return reference.id;
      const counter = distinct.digits.get(field.name)?.counter;
      if (counter !== undefined) this.#counts = true;
      return sample(field, counter);
    };
    const values = fields.map((field) => `${field.name}: ${valueText(field)}`);
    const ownerValue =
      ownerInBody && owner !== undefined ? [`${owner.name}: ${this.#client(by)}.userId`] : [];
    return {
      named: asked,
      items: [...ownerValue, ...values],
      steps: [
        ...new Set(
          [...parents].flatMap(([field, { body }]) => [
            ...body.steps,
            ...(references.get(field)?.steps ?? []),
          ]),
        ),
      ],
      distinct,
      clients: [...this.#clients].sort((a, b) => clientNames.indexOf(a) - clientNames.indexOf(b)),
      counts: this.#counts,
      reuses: this.#reuses,
    };
  }

  #target({ service }: EntityModel, field: Field): EntityModel | undefined {
    if (field.type.kind !== 'reference' || !isLookedUp(field, service)) return undefined;
    const name = field.type.entity;
    const target = service.entities.find((candidate) => candidate.name === name);
    return target && entityModel(target, service);
  }

  /** The statement that creates what a field refers to, or finds it, and the expression of its id. */
  #create(field: Field, target: EntityModel, body: Body, by: string): { id: string; steps: string[] } {
    const creator = clientOf(target.entity.access.create);
    const client = this.#client(creator === 'owner' ? by : creator);
    const { narrowest } = body.distinct;
    if (narrowest === undefined) {
      const call = `${client}.post('${pathOf(target)}', `;
      const text = (variable: string) => fit(2, `const ${variable} = await ${call}{`, body.items, '})', ';');
      return this.#named(field, text, (variable) => `${variable}.body.id`);
    }
    this.#reuses = true;
    const same = narrowest.flatMap(({ name }) =>
      name === target.owner?.name && !target.ownerInBody
        ? [`${name}: ${client}.userId`]
        : body.items.filter((item) => item.startsWith(`${name}: `)),
    );
    const how = [
      `path: '${pathOf(target)}'`,
      `body: ${object(body.items)}`,
      `same: ${object(same)}`,
      `seenBy: ${this.#client(lister(target))}`,
    ];
    const text = (variable: string) =>
      fit(2, `const ${variable} = await createOrFind(${client}, {`, how, '})', ';');
    return this.#named(field, text, (variable) => `${variable}.id`);
  }

  #named(
    { name }: Field,
    text: (variable: string) => string,
    id: (variable: string) => string,
  ): { id: string; steps: string[] } {
    const key = text('');
    const known = this.#variables.get(key);
    const variable = known ?? this.#free(name);
    this.#variables.set(key, variable);
    return { id: id(variable), steps: [text(variable)] };
  }

  /** `listingId` → listing; with a word behind it where the name means something else already. */
  #free(name: string): string {
    const short = /.Id$/.test(name) ? name.slice(0, -2) : name;
    const taken = [...this.#variables.values()];
    const candidates = [short, `${short}Reply`, `${name}Reply`];
    const free = candidates.find((candidate) => !taken.includes(candidate) && !isTaken(candidate));
    if (free !== undefined) return free;
    let count = 2;
    while (taken.includes(`${name}Reply${count}`)) count += 1;
    return `${name}Reply${count}`;
  }
}

/** Four spaces deep, with something behind it. */
const object = (items: readonly string[]): string => fit(4, '{', items, '}', ',').slice(0, -1);
