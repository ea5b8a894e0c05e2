import { describe, expect, it } from 'vitest';
import { entityModel } from '../entity.ts';
import { stackOf } from '../stack.fixture.ts';
import { validBody } from './valid-body.ts';

/** The body of the last entity, what is created before, and how many records there can be. */
function sent(entities: string): { body: string; steps: string[]; most: number } {
  const stack = stackOf(`
name: demo
version: 1
components: { postgres: {} }
services:
  demo-service:
    port: 4001
    database: postgres
    entities:
${entities.trim().replaceAll(/^ */gm, '      ')}
`);
  const [service] = stack.services;
  const entity = service?.entities.at(-1);
  if (service === undefined || entity === undefined) throw new Error('no entity');
  const { items, steps, distinct } = validBody(entityModel(entity, service), 'owner');
  return { body: items.join(', '), steps: [...steps], most: distinct.most };
}

describe('a body of a generated test, where values must not come twice', () => {
  it.each([
    ['date', 'x: new Date(Date.UTC(2026, 6, n)).toISOString().slice(0, 10)', Infinity],
    ['datetime', 'x: new Date(Date.UTC(2026, 6, n)).toISOString()', Infinity],
    ['email', 'x: `someone${n}@example.com`', Infinity],
    ['url', 'x: `https://example.com/${n}`', Infinity],
    ['money', 'x: n * 100', Infinity],
    ['currency', 'x: `X${String.fromCharCode(65 + (n % 26), 65 + Math.floor(n / 26))}`', Infinity],
    ['uuid', 'x: crypto.randomUUID()', Infinity],
    ['user?', '', Infinity],
    ['string(40)', 'x: `X ${n}`', Infinity],
    ['string(4)', 'x: String(n)', Infinity],
    ['string(2)', 'x: n.toString(36)', Infinity],
    ['string(1)', 'x: (n % 36).toString(36)', 36],
    ['boolean', 'x: n % 2 === 0', 2],
    ['enum(a)', "x: 'a'", 1],
    ['enum(a, b, c)', "x: ['a', 'b', 'c'][n % 3]", 3],
    ['int', 'x: 1 + n', Infinity],
    ['int(..-5)', 'x: -5 - n', Infinity],
    ['int(-5..95)', 'x: -5 + n', Infinity],
    ['int(7..7)', 'x: 7', 1],
    ['int(1..5)', 'x: 1 + (n % 5)', 5],
    ['int(0..4)', 'x: n % 5', 5],
    ['number', 'x: 1 + n', Infinity],
    ['number(0..1)', 'x: 1 - n * 0.01', Infinity],
    ['number(2..2)', 'x: 2', 1],
  ])('%s: %s', (type, body, most) => {
    expect(sent(`thing: { x: { type: "${type}", unique: true } }`)).toMatchObject({ body, most });
  });

  it('counts in the widest field of a group, and through all of them where each is narrow', () => {
    expect(sent('thing: { $unique: [[a, b]], a: boolean, b: date }').body).toBe(
      'a: true, b: new Date(Date.UTC(2026, 6, n)).toISOString().slice(0, 10)',
    );
    expect(sent('thing: { $unique: [[a, b]], a: boolean, b: "enum(x, y, z)" }')).toMatchObject({
      body: "a: n % 2 === 0, b: ['x', 'y', 'z'][Math.floor(n / 2) % 3]",
      most: 6,
    });
  });

  it('names what has a default, when that cannot be each one’s', () => {
    expect(sent('thing: { x: { type: boolean, unique: true, default: true }, y: int = 3 }').body).toBe(
      'x: n % 2 === 0',
    );
  });

  it('knows that a value which only the service sets is the same each time', () => {
    expect(sent('thing: { x: { type: int, unique: true, readOnly: true, default: 3 }, y: int }').most).toBe(
      1,
    );
    expect(sent('thing: { x: { type: int?, unique: true, readOnly: true }, y: int }').most).toBe(Infinity);
  });
});

describe('what a body refers to', () => {
  it('is created before, each record once', () => {
    expect(
      sent(`
        team: { label: string }
        player: { team: team, teamId: team, day: date }
      `),
    ).toMatchObject({
      body: "team: team.body.id, teamId: team.body.id, day: '2026-07-01'",
      steps: ["const team = await admin.post('/api/v1/teams', { label: 'Label' });"],
    });
  });

  it('has variables of its own where a name means something else', () => {
    expect(sent('team: { label: string }\nplayer: { owner: team, class: team }').steps).toEqual([
      "const ownerReply = await admin.post('/api/v1/teams', { label: 'Label' });",
    ]);
  });

  it('is taken as it is, when there can be no other one like it', () => {
    const { steps, body, most } = sent(`
      level: { grade: { type: "enum(a, b)", unique: true } }
      player: { level: { type: level, unique: true } }
    `);
    expect(steps.join('\n')).toBe(
      `const level = await createOrFind(admin, {
  path: '/api/v1/levels',
  body: { grade: ['a', 'b'][n % 2] },
  same: { grade: ['a', 'b'][n % 2] },
  seenBy: owner,
});`.replaceAll('\n', '\n  '),
    );
    expect({ body, most }).toEqual({ body: 'level: level.id', most: 2 });
  });

  it('begins nowhere in a circle of references that may be missing', () => {
    expect(
      sent(
        'owned: { owner: user, by: { type: holder?, mine: true } }\nholder: { owner: user, has: { type: owned?, mine: true } }',
      ),
    ).toMatchObject({
      body: 'has: has.body.id',
      steps: ["const has = await owner.post('/api/v1/owneds', {});"],
    });
  });
});
