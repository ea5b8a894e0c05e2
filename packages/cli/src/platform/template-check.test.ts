import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { templateFindings } from './template-check.ts';

const handlebars = createRequire(import.meta.url)('handlebars') as typeof import('handlebars');
const view = {
  name: 'order-service',
  hasEvents: false,
  events: [
    { name: 'order.placed', fields: ['id'] },
    { name: 'order.paid', fields: [] },
  ],
  none: [] as object[],
  tls: undefined,
};

/** `line:column message; names` */
const found = (text: string): string[] =>
  templateFindings(text, view, handlebars).map(
    ({ line, column, message, unknown }) =>
      `${line}:${column} ${message}${unknown === undefined ? '' : `; ${unknown.names.join(' ')}`}`,
  );
const all = 'events hasEvents name none tls';

describe('a template may use', () => {
  it.each([
    ['names of its view', '{{name}} {{this.name}} {{@root.name}}'],
    [
      'names of the items of a list',
      '{{#each events}}{{name}} {{../name}} {{@index}}{{#if @last}}.{{/if}}{{/each}}',
    ],
    ['names for items', '{{#each events as |event at|}}{{event.name}} {{at}}{{/each}}'],
    ['a name whose value is missing', '{{#if tls}}x{{else}}y{{/if}}'],
    ['anything of a list that is empty this time', '{{#each none}}{{title}}{{/each}}'],
    ['comments, and a section per list', '{{!-- x --}}{{#events}}{{name}}{{/events}}'],
  ])('%s', (_, text) => expect(found(text)).toEqual([]));
});

describe('it is refused, at its place and with the names that there are,', () => {
  it.each([
    ['a name that the view lacks', '# {{nmae}}', [`1:5 there is no nmae; ${all}`]],
    [
      'in a branch that is not taken now, too',
      'x\n{{#if hasEvents}}{{nmae}}{{/if}}',
      [`2:20 there is no nmae; ${all}`],
    ],
    ['one that items lack', '{{#each events}}\n{{titel}}{{/each}}', ['2:3 there is no titel; fields name']],
    ['one of a text', '{{name.length}}', ['1:3 there is no length in name; ']],
    ['a helper', '{{upper name}}', ['1:3 there is no helper upper; each if lookup unless with']],
    ['a step too far out', '{{../name}}', ['1:3 ../name leads out of the template']],
    ['a partial', '{{> header}}', ['1:1 partials and decorators are not there for templates']],
    ['all mistakes at once', '{{a}}\n{{b}}', [`1:3 there is no a; ${all}`, `2:3 there is no b; ${all}`]],
    [
      'a block that is not closed',
      '{{#if name}}\nx',
      ['2:1 the template ends in the middle of {{ }} or of a block'],
    ],
    ['a block that another one closes', '{{#if name}}{{/each}}', ["1:4 if doesn't match each"]],
  ])('%s', (_, text, expected) => expect(found(text)).toEqual(expected));
});
