import { describe, expect, it } from 'vitest';
import { type Addition, applyEdits, editsFor } from './insert.ts';

const added = (text: string, addition: Addition): string => applyEdits(text, editsFor(text, addition));
const order = {
  port: 4002,
  database: 'postgres',
  entities: { order: { number: 'string(20)', total: 'money' } },
};
const service: Addition = { path: ['services', 'orders'], value: order, levels: 3 };
const event: Addition = {
  path: ['events', 'order.placed'],
  value: { orderId: 'uuid', tags: 'string(20)[]' },
  levels: 0,
};

describe('what is added to a block', () => {
  it('follows the last entry, above the comments and the keys of what comes next', () => {
    const text = `name: shop
services:
    # The first.
    parts: # stays
        port: 4001   # as it was

# Overlays.
environments: {}
`;
    expect(added(text, service)).toBe(`name: shop
services:
    # The first.
    parts: # stays
        port: 4001   # as it was
    orders:
        port: 4002
        database: postgres
        entities:
            order:
                number: string(20)
                total: money

# Overlays.
environments: {}
`);
  });

  it('has an empty line before it where the others have one, and comes behind the comments of its block', () => {
    const text =
      'services:\n  a: { port: 1 }\n\n  b:\n    port: 2\n    # a comment of b\n  # the end of the list\n';
    expect(added(text, { path: ['services', 'c'], value: { port: 3 }, levels: 3 })).toBe(
      `${text}\n  c:\n    port: 3\n`,
    );
  });

  it('is written as its neighbours are', () => {
    const text = 'services:\n  a: {port: 1}\n';
    expect(added(text, { path: ['services', 'c'], value: { port: 3 }, levels: 3 })).toBe(
      `${text}  c: {port: 3}\n`,
    );
  });

  it('keeps the line endings, and a last line without one', () => {
    expect(added('name: shop\r\nevents:\r\n  a.b: {}', event)).toBe(
      'name: shop\r\nevents:\r\n  a.b: {}\r\n  order.placed: { orderId: uuid, tags: "string(20)[]" }',
    );
  });

  it('stays behind a text of several lines', () => {
    const text =
      'services:\n  a:\n    description: |+\n      one\n\n\n    port: 1\n  b:\n    description: >-\n      two\n\nname: x\n';
    expect(added(text, { path: ['services', 'c'], value: { port: 3 }, levels: 3 })).toBe(
      text.replace('two\n', 'two\n  c:\n    port: 3\n'),
    );
  });
});

describe('what is added between braces', () => {
  it.each([
    ['{ a: 1 }', '{ a: 1, b: { c: 2 } }'],
    ['{a: 1}', '{a: 1, b: {c: 2}}'],
    ['{ a: 1, }', '{ a: 1, b: { c: 2 }, }'],
    ['{ a: , x }', '{ a: , x, b: { c: 2 } }'],
    ['{\n    a: 1, # one\n    d: 2 # two\n  }', '{\n    a: 1, # one\n    d: 2, # two\n    b: { c: 2 }\n  }'],
    ['{\n    a: 1,\n    d: 2,\n  }', '{\n    a: 1,\n    d: 2,\n    b: { c: 2 },\n  }'],
    ['{ a: 1,\n    d: 2 }', '{ a: 1,\n    d: 2, b: { c: 2 } }'],
    ['{ a: 1 # one\n    , d: 2\n  }', '{ a: 1 # one\n    , d: 2,\n    b: { c: 2 }\n  }'],
  ])('%j becomes %j', (before, after) => {
    const text = (events: string): string => `name: x\nevents: ${events} # end\nservices: {}\n`;
    expect(added(text(before), { path: ['events', 'b'], value: { c: 2 }, levels: 0 })).toBe(text(after));
  });
});

describe('a place that is not there yet', () => {
  it('is made where it belongs', () => {
    expect(added('name: shop\nversion: 1\nservices:\n  a:\n    port: 1\n', event)).toBe(
      'name: shop\nversion: 1\nevents:\n  order.placed: { orderId: uuid, tags: "string(20)[]" }\nservices:\n  a:\n    port: 1\n',
    );
  });

  it.each([
    ['events: {}', 'events:\n  order.placed: { orderId: uuid, tags: "string(20)[]" }'],
    ['events: {} # none', 'events: # none\n  order.placed: { orderId: uuid, tags: "string(20)[]" }'],
    ['events:', 'events:\n  order.placed: { orderId: uuid, tags: "string(20)[]" }'],
    ['events: # none', 'events: # none\n  order.placed: { orderId: uuid, tags: "string(20)[]" }'],
    ['events: &e {}', 'events: &e { order.placed: { orderId: uuid, tags: "string(20)[]" } }'],
  ])('%s becomes %s', (before, after) => {
    expect(added(`name: x\n${before}\nservices: 1\n`, event)).toBe(`name: x\n${after}\nservices: 1\n`);
  });
});

describe('an item of a list', () => {
  const publish: Addition = {
    path: ['services', 'a', 'publishes'],
    value: 'order.placed',
    append: true,
    levels: 0,
  };
  it.each([
    ['    publishes: [x.y]', '    publishes: [x.y, order.placed]'],
    ['    publishes: []', '    publishes: [order.placed]'],
    ['    publishes:\n      - x.y # why\n', '    publishes:\n      - x.y # why\n      - order.placed\n'],
    ['    publishes:\n    - x.y', '    publishes:\n    - x.y\n    - order.placed'],
    ['    publishes:', '    publishes: [order.placed]'],
    ['    port: 1\n    entities: {}', '    port: 1\n    publishes: [order.placed]\n    entities: {}'],
  ])('%j becomes %j', (before, after) => {
    expect(added(`services:\n  a:\n${before}`, publish)).toBe(`services:\n  a:\n${after}`);
  });
});

describe('what cannot be added to without changing more', () => {
  it.each([
    ['services: *other', 'services is an alias of what is written elsewhere'],
    ['services: [a]', 'services is not a mapping'],
    ['services: ~', 'services is not a mapping'],
    ['services: { orders: {} }', 'orders is there already'],
  ])('%s', (text, message) => {
    expect(() => editsFor(`x: &other { a: 1 }\n${text}\n`, service)).toThrow(message);
  });
});
