/** One entity's API, compared with a model of it in memory: what was written is what is read, listed, found and gone. */
import fc from 'fast-check';
import type { Entity, Field } from '../../../packages/cli/src/model/stack.ts';
import {
  isFilterable,
  isSortable,
} from '../../../packages/cli/src/renderers/services/schema/field-schema.ts';
import { type Client, expectStatus, type Log, passes, type People, roles, short, Wrong } from './client.ts';
import { compare, key, same, valuesOf } from './values.ts';

export interface Row {
  readonly id: string;
  revision: number;
  values: Record<string, unknown>;
}

export class EntityWalk {
  readonly entity: Entity;
  readonly rows: Row[] = [];
  readonly #people: People;
  readonly #log: Log;
  readonly #path: string;
  /** The entities of the same service, for what fields refer to. */
  readonly #siblings: ReadonlyMap<string, EntityWalk>;
  readonly #sql: boolean;
  #seed: number;

  constructor(
    entity: Entity,
    context: {
      people: People;
      log: Log;
      siblings: ReadonlyMap<string, EntityWalk>;
      sql: boolean;
      seed: number;
    },
  ) {
    this.entity = entity;
    this.#people = context.people;
    this.#log = context.log;
    this.#siblings = context.siblings;
    this.#sql = context.sql;
    this.#seed = context.seed;
    this.#path = `/api/v1/${entity.names.path}`;
  }

  get #input(): readonly Field[] {
    return this.entity.fields.filter(({ name, readOnly }) => name !== this.entity.ownerField && !readOnly);
  }

  get #ownerInBody(): boolean {
    const { access, ownerField } = this.entity;
    return ownerField !== undefined && (access.create === 'service' || access.create === 'admin');
  }

  #draw<T>(arbitrary: fc.Arbitrary<T>): T {
    this.#seed += 1;
    return fc.sample(arbitrary, { seed: this.#seed, numRuns: 3 }).at(-1) as T;
  }

  #chance(percent: number): boolean {
    return this.#draw(fc.integer({ min: 0, max: 99 })) < percent;
  }

  /** A record that this client may refer to by a field; undefined when there can be none. */
  async #target(field: Field, client: Client, above: readonly string[]): Promise<string | undefined> {
    if (field.type.kind !== 'reference') return undefined;
    const sibling = this.#siblings.get(field.type.entity);
    const lookedUp = sibling !== undefined && !field.list && (this.#sql || field.mine.length > 0);
    if (!lookedUp) return this.#draw(valuesOf({ ...field, list: false })) as string;
    const free = client.role === 'admin' || client.role === 'service';
    const mine = (row: Row): boolean =>
      field.mine.length === 0 ||
      free ||
      field.mine.some((holder) => [row.values[holder]].flat().includes(client.userId));
    const known = sibling.rows.find(mine);
    if (known !== undefined) return known.id;
    if (above.includes(sibling.entity.name)) return undefined;
    const row = await sibling.create(client, field.mine, [...above, this.entity.name]);
    return row !== undefined && mine(row) ? row.id : undefined;
  }

  /** @param holders Fields that shall hold the user of `on`. */
  async #body(
    sender: Client,
    on: Client,
    holders: readonly string[],
    above: readonly string[],
  ): Promise<Record<string, unknown> | undefined> {
    const body: Record<string, unknown> = {};
    if (this.#ownerInBody) body[this.entity.ownerField ?? ''] = on.userId ?? this.#people.guest.userId;
    for (const field of this.#input) {
      if (holders.includes(field.name)) {
        body[field.name] = field.list ? [on.userId] : on.userId;
        continue;
      }
      const may = field.optional || field.default !== undefined;
      if (may && this.#chance(40)) continue;
      if (field.type.kind === 'reference') {
        const id = await this.#target(field, sender, above);
        if (id === undefined && !may) return undefined;
        if (id !== undefined) body[field.name] = field.list ? [id] : id;
      } else body[field.name] = this.#draw(valuesOf(field));
    }
    return body;
  }

  /** The record's values when this body is accepted. */
  #expected(body: Record<string, unknown>, sender: Client): Record<string, unknown> {
    const { ownerField, fields } = this.entity;
    return Object.fromEntries(
      fields.map(({ name, default: fallback }) => [
        name,
        name === ownerField && !this.#ownerInBody ? sender.userId : (body[name] ?? fallback ?? null),
      ]),
    );
  }

  #collides(values: Record<string, unknown>, except?: Row): boolean {
    const groups = [
      ...this.entity.fields.filter(({ unique }) => unique).map(({ name }) => [name]),
      ...this.entity.unique,
    ];
    const fields = new Map(this.entity.fields.map((field) => [field.name, field]));
    const keyOf = (of: Record<string, unknown>, group: readonly string[]): string | undefined =>
      group.some((name) => of[name] === null)
        ? undefined
        : group.map((name) => key(fields.get(name) as Field, of[name])).join('|');
    return groups.some((group) => {
      const wanted = keyOf(values, group);
      return (
        wanted !== undefined && this.rows.some((row) => row !== except && keyOf(row.values, group) === wanted)
      );
    });
  }

  /** Created on behalf of a client, by them where they may. @returns undefined when nobody can. */
  async create(
    on: Client,
    holders: readonly string[] = [],
    above: readonly string[] = [],
  ): Promise<Row | undefined> {
    const { access, ownerField } = this.entity;
    const able = [on, ...roles.map((role) => this.#people[role])].filter(
      ({ role, userId }) =>
        passes(access.create, role) &&
        (ownerField === undefined || this.#ownerInBody || userId !== undefined),
    );
    for (const sender of able) {
      const body = await this.#body(sender, on, holders, [...above, this.entity.name]);
      if (body === undefined) continue;
      const expected = this.#expected(body, sender);
      const reply = await sender.send('post', this.#path, body);
      const what = `post ${this.#path} by ${sender.role} of ${short(body)}`;
      if (this.#collides(expected)) {
        expectStatus(reply, 409, `${what}, which is there already`);
        continue;
      }
      expectStatus(reply, 201, what);
      const row = { id: reply.body.id as string, revision: 1, values: expected };
      this.#compare(row, reply.body, what);
      this.rows.push(row);
      this.#log.records += 1;
      return row;
    }
    return undefined;
  }

  #compare(row: Row, got: Record<string, unknown>, what: string): void {
    for (const field of this.entity.fields) {
      const [wanted, found] = [row.values[field.name], got[field.name]];
      if (!same(field, wanted, found))
        throw new Wrong(`${what}: ${field.name} is ${short(found)} instead of ${short(wanted)}`);
    }
    if (got['id'] !== row.id || got['revision'] !== row.revision)
      throw new Wrong(`${what}: revision ${String(got['revision'])} of ${String(got['id'])}`);
  }

  #compareListed(item: { readonly id: string }, what: string): void {
    const row = this.rows.find(({ id }) => id === item.id);
    if (row !== undefined) this.#compare(row, item, what);
  }

  #mayTouch(right: 'read' | 'update' | 'delete', client: Client, row: Row): boolean {
    if (!passes(this.entity.access[right], client.role)) return false;
    if (this.entity.access[right] !== 'owner' || client.role === 'admin' || client.role === 'service')
      return true;
    return row.values[this.entity.ownerField ?? ''] === client.userId;
  }

  #whoMay(right: 'read' | 'update' | 'delete', row: Row): Client | undefined {
    return roles.map((role) => this.#people[role]).find((client) => this.#mayTouch(right, client, row));
  }

  async readAll(): Promise<void> {
    for (const row of this.rows) {
      const path = `${this.#path}/${row.id}`;
      for (const role of roles) {
        const client = this.#people[role];
        const reply = await client.send('get', path);
        if (!this.#mayTouch('read', client, row)) {
          expectStatus(reply, role === 'nobody' ? 401 : [403, 404], `get ${path} by ${role}`);
          continue;
        }
        expectStatus(reply, 200, `get ${path} by ${role}`);
        this.#compare(row, reply.body, `get ${path}`);
        const again = await client.send('get', path, undefined, { 'if-none-match': `"${row.revision}"` });
        expectStatus(again, 304, `get ${path} again`);
      }
    }
  }

  /** Who reads a list, and what they shall see of it. */
  #reader(): { client: Client; rows: readonly Row[] } | undefined {
    const { access } = this.entity;
    const role = access.read === 'owner' ? 'admin' : roles.find((one) => passes(access.read, one));
    return role && { client: this.#people[role], rows: this.rows };
  }

  async #ids(client: Client, query: string): Promise<{ id: string; [field: string]: unknown }[]> {
    const items: { id: string }[] = [];
    let cursor: string | null = null;
    do {
      const rest: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const path = `${this.#path}?limit=2&${query}${rest}`;
      const reply = await client.send('get', path);
      expectStatus(reply, 200, `get ${path}`);
      items.push(...(reply.body.items as { id: string }[]));
      cursor = reply.body.nextCursor as string | null;
      if (items.length > this.rows.length + 10) throw new Wrong(`get ${path}: pages without an end`);
    } while (cursor !== null);
    return items;
  }

  async listAll(): Promise<void> {
    const reader = this.#reader();
    if (reader === undefined) return;
    const { client, rows } = reader;
    const sortable = [
      'createdAt',
      'updatedAt',
      ...this.entity.fields.filter(isSortable).map(({ name }) => name),
    ];
    for (const name of sortable) {
      const kind = this.entity.fields.find((field) => field.name === name)?.type.kind ?? 'datetime';
      for (const order of [name, `-${name}`]) {
        const items = await this.#ids(client, `sort=${order}`);
        sameIds(items, rows, `sorted by ${order}`, this.#path);
        // Also field by field: one that is missing in all of them would be in any order.
        for (const item of items) this.#compareListed(item, `get ${this.#path}?sort=${order}`);
        for (const [index, item] of items.slice(1).entries()) {
          const difference = compare(kind, items[index]?.[name], item[name]);
          if (order === name ? difference > 0 : difference < 0)
            throw new Wrong(
              `get ${this.#path}?sort=${order}: ${short(items[index]?.[name])} before ${short(item[name])}`,
            );
        }
      }
    }
    for (const field of this.entity.fields.filter(isFilterable)) {
      const values = rows.map(({ values: all }) =>
        field.list ? (all[field.name] as unknown[] | null)?.[0] : all[field.name],
      );
      for (const value of new Set(values.filter((one) => one !== null && one !== undefined).slice(0, 2))) {
        const one = { ...field, list: false };
        const wanted = rows.filter(({ values: all }) =>
          [all[field.name]].flat().some((each) => each !== null && key(one, each) === key(one, value)),
        );
        const query = `${field.name}=${encodeURIComponent(String(value))}`;
        sameIds(await this.#ids(client, query), wanted, `with ${query}`, this.#path);
      }
    }
  }

  async changeAll(): Promise<void> {
    for (const row of this.rows.slice(0, 3)) {
      for (const field of this.#input.slice(0, 8)) {
        const client = this.#whoMay('update', row);
        if (client === undefined) return;
        const id = field.type.kind === 'reference' ? await this.#target(field, client, []) : undefined;
        if (field.type.kind === 'reference' && id === undefined) continue;
        const value =
          field.optional && this.#chance(30)
            ? null
            : id === undefined
              ? this.#draw(valuesOf(field))
              : field.list
                ? [id]
                : id;
        const path = `${this.#path}/${row.id}`;
        const change = { [field.name]: value };
        const what = `patch ${path} by ${client.role} of ${short(change)}`;
        const old = await client.send('patch', path, change, { 'if-match': `"${row.revision + 1}"` });
        expectStatus(old, 412, `${what}, of another revision`);
        const values = { ...row.values, ...change };
        const reply = await client.send('patch', path, change, { 'if-match': `"${row.revision}"` });
        if (this.#collides(values, row)) {
          expectStatus(reply, 409, `${what}, which is there already`);
          continue;
        }
        expectStatus(reply, 200, what);
        row.values = values;
        row.revision += 1;
        this.#compare(row, reply.body, what);
      }
      for (const role of roles) {
        const client = this.#people[role];
        const [first] = this.#input;
        if (first === undefined || this.#mayTouch('update', client, row)) continue;
        const reply = await client.send('patch', `${this.#path}/${row.id}`, {
          [first.name]: row.values[first.name],
        });
        expectStatus(reply, role === 'nobody' ? 401 : [403, 404], `patch ${this.#path} by ${role}`);
      }
    }
  }

  async deleteAll(): Promise<void> {
    for (const row of [...this.rows].reverse()) {
      if (!this.rows.includes(row)) continue;
      const path = `${this.#path}/${row.id}`;
      for (const role of roles) {
        const client = this.#people[role];
        if (this.#mayTouch('delete', client, row)) continue;
        expectStatus(
          await client.send('delete', path),
          role === 'nobody' ? 401 : [403, 404],
          `delete ${path} by ${role}`,
        );
      }
      const client = this.#whoMay('delete', row);
      if (client === undefined) return;
      const reply = await client.send('delete', path, undefined, { 'if-match': `"${row.revision}"` });
      expectStatus(reply, 204, `delete ${path} by ${client.role}`);
      this.#forget(row);
      const reader = this.#reader()?.client;
      if (reader !== undefined)
        expectStatus(await reader.send('get', path), 404, `get ${path}, which is gone`);
    }
  }

  /** With a record goes what refers to it, where the store knows. */
  #forget(row: Row): void {
    this.rows.splice(this.rows.indexOf(row), 1);
    if (!this.#sql) return;
    for (const sibling of this.#siblings.values()) {
      const references = sibling.entity.fields.filter(
        ({ type, list }) => type.kind === 'reference' && !list && type.entity === this.entity.name,
      );
      for (const other of [...sibling.rows])
        if (sibling.rows.includes(other) && references.some(({ name }) => other.values[name] === row.id))
          sibling.#forget(other);
    }
  }

  /** Whoever may not create is told so before anything else. */
  async refuse(): Promise<void> {
    for (const role of roles) {
      if (passes(this.entity.access.create, role)) continue;
      const reply = await this.#people[role].send('post', this.#path, {});
      expectStatus(reply, role === 'nobody' ? 401 : 403, `post ${this.#path} by ${role}`);
    }
  }
}

function sameIds(items: readonly { id: string }[], rows: readonly Row[], what: string, path: string): void {
  const found = items.map(({ id }) => id);
  const [missing] = rows.filter(({ id }) => !found.includes(id));
  if (missing !== undefined) throw new Wrong(`get ${path}, ${what}: ${short(missing.values)} is missing`);
  if (new Set(found).size !== found.length) throw new Wrong(`get ${path}, ${what}: one of them twice`);
  const extra = found.find((id) => !rows.some((row) => row.id === id));
  if (extra !== undefined) throw new Wrong(`get ${path}, ${what}: ${extra} too`);
}
