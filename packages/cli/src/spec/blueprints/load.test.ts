/** What a project's templates/ may hold, and what is said of what it may not. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Templates } from '../../platform/templates.ts';
import { formatDiagnostics } from '../format.ts';
import { loadBlueprints } from './load.ts';

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'hometrip-blueprints-'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(path: string, content: string | object): void {
  const file = join(project, 'templates', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

const load = () => loadBlueprints(new Templates(project));

function findings(): string {
  const { diagnostics, sources } = load();
  return formatDiagnostics(diagnostics, sources);
}

const greeting = { description: 'Greets', kind: 'service', databases: ['postgres'] };
const ids = (): string[] => load().all.map(({ id }) => id);
const stock = ['api-gateway', 'auth', 'crud', 'websocket-gateway'];

describe('a project can use', () => {
  it('the blueprints of the installation', () => {
    expect(ids()).toEqual(stock);
    expect(findings()).toBe('');
  });

  it('its own, beside those', () => {
    write('blueprints/greeting/blueprint.json', greeting);
    expect(ids()).toEqual([...stock, 'greeting'].sort());
    expect(load().all.find(({ id }) => id === 'greeting')).toMatchObject({
      description: 'Greets',
      paths: [],
      contributes: {},
    });
  });

  it('its own in place of a stock one: the whole folder, no file of the stock one is left', () => {
    write('blueprints/auth/blueprint.json', { ...greeting, description: 'Our accounts' });
    const { all, brings } = load();
    const auth = all.find(({ id }) => id === 'auth');
    expect(ids()).toEqual(stock);
    expect(auth?.description).toBe('Our accounts');
    expect(auth && [...brings(auth)]).toEqual([]);
  });

  it('other folders in templates/ for other things', () => {
    write('mails/welcome.hbs', 'Hello {{name}}');
    expect(findings()).toBe('');
  });
});

describe('what is wrong with a blueprint is said with its place', () => {
  it('not JSON', () => {
    write('blueprints/greeting/blueprint.json', '{\n  "description": "Greets",\n  "kind": "service",\n}\n');
    expect(
      findings(),
    ).toBe(`templates/blueprints/greeting/blueprint.json:4:1  HT0380  this is not JSON: expected double-quoted property name
    3 |   "kind": "service",
    4 | }
      | ^ a comma too many, a missing quote, a comment?`);
  });

  it('cut short', () => {
    write('blueprints/greeting/blueprint.json', '{ "kind": "service"');
    expect(findings()).toContain('blueprint.json:1:20  HT0380  this is not JSON');
  });

  it('unknown keys, missing ones, values of another kind: all at once', () => {
    write(
      'blueprints/greeting/blueprint.json',
      '{\n  "kind": "servce",\n  "path": ["hello"],\n  "assets": "x"\n}',
    );
    expect(
      findings(),
    ).toBe(`templates/blueprints/greeting/blueprint.json:1:1  HT0202  blueprint.json needs description
    1 | {
      | ^ add description, a text

templates/blueprints/greeting/blueprint.json:2:11  HT0205  kind is the text "servce"
    1 | {
    2 |   "kind": "servce",
      |           ^^^^^^^^ did you mean service?

templates/blueprints/greeting/blueprint.json:3:3  HT0201  blueprint.json has no key "path"
    2 |   "kind": "servce",
    3 |   "path": ["hello"],
      |   ^^^^^^ did you mean paths?

templates/blueprints/greeting/blueprint.json:4:13  HT0204  assets takes a list, not the text "x"
    3 |   "path": ["hello"],
    4 |   "assets": "x"
      |             ^^^ write [x]`);
  });

  it('code that is not there', () => {
    write('blueprints/greeting/src/greeting/routes.ts', 'export const greetingRoutes = () => [];\n');
    write(
      'blueprints/greeting/blueprint.json',
      `{ "description": "Greets", "kind": "service", "service": "greeting-service",
  "contributes": { "routes": [{ "name": "greetingRoutes", "from": "./greeting/route.ts" }] } }`,
    );
    expect(
      findings(),
    ).toBe(`templates/blueprints/greeting/blueprint.json:2:67  HT0381  the folder has no file src/greeting/route.ts
    1 | { "description": "Greets", "kind": "service", "service": "greeting-service",
    2 |   "contributes": { "routes": [{ "name": "greetingRoutes", "from": "./greeting/route.ts" }] } }
      |                                                                   ^^^^^^^^^^^^^^^^^^^^^ did you mean src/greeting/routes.ts?`);
  });

  it.each<[string, object, string]>([
    ['a role of the other kind', { role: 'front' }, 'the role front is for a gateway'],
    ['an issuer without keys', { role: 'issuer' }, 'an issuer has to say where it answers its public keys'],
    ['a field type that there is not', { publishes: { 'a.b': { x: 'strin(9)' } } }, 'strin'],
    ['a path out of the folder', { standIns: ['../x.ts'] }, 'standIns.0 is the text "../x.ts"'],
    [
      'an import from outside',
      { contributes: { routes: [{ name: 'x', from: './../../x.ts' }] } },
      'contributes.routes.0.from',
    ],
    [
      'a generated file outside of the output',
      { files: [{ env: 'A', source: '/etc/passwd', folder: '/a' }] },
      'files.0.source',
    ],
    ['an extension that is a statement', { extensions: ['x"; drop table y'] }, 'extensions.0'],
    ['a variable that is none', { environment: { 'A B': 'x' } }, 'A B'],
  ])('%s', (_, more, message) => {
    write('blueprints/greeting/blueprint.json', { ...greeting, ...more });
    expect(findings()).toContain(message);
    expect(ids()).toEqual(stock);
  });

  it('a document of its API that is none', () => {
    write('blueprints/greeting/blueprint.json', { ...greeting, service: 'greeting-service' });
    write('blueprints/greeting/openapi.json', { openapi: '3.1.0' });
    expect(findings()).toContain('greeting/openapi.json:1:1  HT0381  this is not the document of a service');
  });

  it('files that would not be copied', () => {
    write('blueprints/greeting/blueprint.json', greeting);
    write('blueprints/greeting/src/a.ts', '');
    expect(findings()).toContain('src/a.ts would not be copied');
  });

  it('a folder without blueprint.json', () => {
    write('blueprints/greeting/src/a.ts', '');
    expect(findings()).toContain(
      'templates/blueprints/greeting/blueprint.json:1:1  HT0380  the folder greeting has no blueprint.json',
    );
  });

  it.each([
    ['a file', 'blueprints/greeting/src/passwords.ts', '/etc/passwd'],
    ['a folder', 'blueprints/greeting/tests', '/etc'],
    ['a template', 'service/README.md.hbs', '/etc/passwd'],
  ])('%s that is a link', (_, path, target) => {
    write('blueprints/greeting/blueprint.json', greeting);
    mkdirSync(dirname(join(project, 'templates', path)), { recursive: true });
    symlinkSync(target, join(project, 'templates', path));
    expect(findings()).toContain(
      `templates/${path}:1:1  HT0380  this is not a file or folder of the project`,
    );
  });

  it('a link in place of all templates', () => {
    symlinkSync('/etc', join(project, 'templates'));
    expect(findings()).toContain('templates:1:1  HT0380');
    expect(ids()).toEqual(stock);
  });

  it('a template that replaces nothing', () => {
    write('service/README.hbs', '');
    expect(findings()).toContain(
      'templates/service/README.hbs:1:1  HT0384  there is no template of this name to replace',
    );
    expect(findings()).toContain('did you mean templates/service/README.md.hbs?');
  });
});
