/** Names from the whole grammar of the language, and all those that mean something to somebody who will read them. */
import * as runtime from '@hometrip/runtime';
import * as testing from '@hometrip/runtime/testing';
import { kebabCase } from '../../../packages/cli/src/model/names.ts';
import { stockBlueprints } from '../../../packages/cli/src/spec/blueprints/load.ts';
import { componentKinds } from '../../../packages/cli/src/components/index.ts';
import type { Draw } from './draw.ts';

const split = (text: string): string[] => text.trim().split(/\s+/);

const sql = split(`
  select insert update delete from where table column index order group limit offset user role grant primary foreign references check
  default constraint unique null not and or in is like case when then else end cast row rows values set to with without zone time
  timestamp interval date schema database trigger function procedure view sequence type domain all any array between both cross
  current-user exists false true fetch for full having ilike inner join lateral leading left natural on only outer overlaps partition
  position returning right session-user similar some symmetric system tablesample trailing union using variadic verbose window xmin
  ctid oid public pg-catalog information-schema year month day hour minute second precision placing analyse authorization binary`);
const typescript = split(`
  abstract any as asserts async await boolean break class const constructor continue debugger declare do enum export extends finally
  function get global if implements import infer instanceof interface keyof let module namespace never new object of override package
  private protected readonly require return satisfies static string super switch symbol this throw try typeof undefined unknown var
  void while yield arguments eval accessor out self`);
const globals = split(`
  array big-int blob boolean buffer console crypto date error event event-target fetch file form-data headers infinity intl iterator
  json map math nan number object performance process promise proxy record reflect reg-exp request response set string symbol url
  weak-map web-socket window document location name status length prototype to-string value-of has-own-property hasOwnProperty
  structured-clone global-this partial pick omit exclude extract awaited parameters return-type`);
const files = split(`
  index main service services server app client clients contracts consumers events event schema routes repository migrations tests test
  spec node-modules dist src package tsconfig generated hometrip http https edge supervisor postgres default docs gateway gateways
  api metrics health openapi readme license dockerfile compose kubernetes grafana prometheus nginx scripts base manifest environment
  con aux nul prn com1 lpt1 localhost host internal external admin root nobody anonymous system all none self other`);
const plurals = split(`
  person people child status movie analysis news series sheep fish index matrix vertex axis bus box quiz datum data criterion medium
  alias address process class knife leaf hero photo piano city day key boy toy gas virus octopus ox mouse louse moose deer species
  information equipment rice money baggage crisis thesis phenomenon cactus appendix stimulus syllabus corpus genus oasis basis tax
  half life shelf goose tooth foot man woman brush watch hex buzz zoo s ss es ies xs a i`);
const fields = split(`
  owner user userId body params query page items total count limit cursor sort order filter filters revision id createdAt updatedAt
  deletedAt etag path method status code type title detail errors instance kind key value name label text note at by tx db now name2
  vatID fooXBar ownerID iOSVersion aB aBC a1 x1y2 URL2 userID2 isURL ABC9 toJSON valueOf toString then length prototype arguments
  fromDate to2 e mail emailAddress constructorName`).filter((name) => /^[a-z]/.test(name));

const exported = [...Object.keys(runtime), ...Object.keys(testing)]
  .map(kebabCase)
  .filter((name) => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name));
const components = componentKinds.map(({ kind }) => kind);
const templates = stockBlueprints().all.map(({ id }) => id);

/** In kebab-case, as services and entities have them. */
const words: readonly string[] = [
  ...new Set(
    [sql, typescript, globals, files, plurals, exported, components, templates]
      .flat()
      .filter((name) => /^[a-z][a-z0-9-]*$/.test(name)),
  ),
];
/** What nobody would call odd, so that not each spec is refused for a name. */
const plain = split(`
  wallet invoice parcel ticket stock price basket voucher shop depot truck route-plan ledger account contact vehicle driver tour guide
  room desk meeting lesson course teacher pupil grade exam recipe dish menu kitchen garden plant tree flower river lake mountain hut`);

const letters = 'abcdefghijklmnopqrstuvwxyz';
const inner = `${letters}0123456789`;

function random(draw: Draw, length: number, hyphens: boolean): string {
  const rest = draw.times(length - 1, (index) =>
    hyphens && index > 0 && index < length - 2 && draw.chance(12) ? '-' : draw.of([...inner]),
  );
  return draw.of([...letters]) + rest.join('').replaceAll(/-+/g, '-');
}

/** A name that no other has, by a key under which names are one. */
export class Names {
  readonly #taken = new Set<string>();
  readonly #all: string[] = [];

  unique(make: () => string, key: (name: string) => string): string {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const name = make();
      if (this.#taken.has(key(name))) continue;
      this.#taken.add(key(name));
      this.#all.push(name);
      return name;
    }
    const spare = `spare${this.#taken.size}`;
    this.#taken.add(key(spare));
    return spare;
  }

  get all(): readonly string[] {
    return this.#all;
  }
}

/** Of services, gateways, rate limits and environments: up to 40 characters. */
export function serviceName(draw: Draw, others: readonly string[] = []): string {
  const name = draw.of([
    () => draw.of(plain),
    () => `${draw.of(plain)}-service`,
    () => draw.of(words),
    () => `${draw.of(words)}-service`,
    () => `${draw.of(words)}-${draw.of(words)}`,
    () => random(draw, draw.between(1, draw.chance(30) ? 40 : 25), true),
    () => nearly(draw, others) ?? draw.of(words),
  ])();
  return name.slice(0, 40).replace(/-+$/, '');
}

/** A small difference from one that is there. */
function nearly(draw: Draw, others: readonly string[]): string | undefined {
  if (others.length === 0) return undefined;
  const other = draw.of(others);
  return draw.of([
    `${other}s`,
    `${other}-2`,
    `${other}2`,
    `${other}-list`,
    `x-${other}`,
    other.slice(0, -1) || 'x',
  ]);
}

export function entityName(draw: Draw, others: readonly string[] = []): string {
  const name = draw.of([
    () => draw.of(plain),
    () => draw.of(plain),
    () => draw.of(words),
    () => `${draw.of(plain)}-${draw.of(words)}`,
    () => `${draw.of(words)}-${draw.of(words)}`,
    () => random(draw, draw.between(1, draw.chance(15) ? 60 : 25), true),
    () => nearly(draw, others) ?? draw.of(words),
  ])();
  return name.slice(0, 60).replace(/-+$/, '').replaceAll(/-+/g, '-');
}

export function fieldName(draw: Draw, others: readonly string[] = []): string {
  const camel = (name: string): string =>
    name.replaceAll(/-([a-z0-9])/g, (_, next: string) => next.toUpperCase());
  const name = draw.of([
    () => camel(draw.of(plain)),
    () => camel(`${draw.of(plain)}-${draw.of(plain)}`),
    () => camel(draw.of(words)),
    () => draw.of(fields),
    () => camel(`${draw.of(words)}-${draw.of(words)}`),
    () => oddCasing(draw, random(draw, draw.between(1, draw.chance(15) ? 60 : 25), false)),
    () => camel(nearly(draw, others) ?? draw.of(words)),
  ])();
  return name.slice(0, 60);
}

const oddCasing = (draw: Draw, name: string): string =>
  name.charAt(0) +
  [...name.slice(1)].map((letter) => (draw.chance(15) ? letter.toUpperCase() : letter)).join('');

export function eventName(draw: Draw, others: readonly string[] = []): string {
  const parts = draw.times(draw.of([2, 2, 2, 3]), () =>
    entityName(draw, others).slice(0, 25).replace(/-+$/, ''),
  );
  return parts
    .join('.')
    .slice(0, 60)
    .replace(/[-.]+$/, '');
}
