import { describe, expect, it } from 'vitest';
import { type Places, workFor } from './work.ts';

const places: Places = {
  specFile: '/shop/services.yaml',
  templates: ['/shop/templates', '/hometrip/templates', '/shop/hometrip.config.ts'],
  services: ['/shop/generated/services/rooms'],
  sources: ['/shop/generated/services/rooms/src/main.ts', '/shop/lib/money.ts'],
};

describe('what a changed file asks for', () => {
  it.each([
    ['services.yaml', '/shop/services.yaml', 'generate'],
    ['a template of the project', '/shop/templates/service/README.md.hbs', 'generate'],
    ['a blueprint of the project', '/shop/templates/blueprints/rooms/src/prices.ts', 'generate'],
    ['a template of the installation', '/hometrip/templates/service/src/main.ts.hbs', 'generate'],
    ['a file that says what there is to generate with', '/shop/hometrip.config.ts', 'generate'],
    ['a module of a watched service', '/shop/generated/services/rooms/src/room/routes.ts', 'build'],
    ['a new module of it, which nothing imports yet', '/shop/generated/services/rooms/src/new.ts', 'build'],
    ['a migration of it', '/shop/generated/services/rooms/migrations/0002_add_name.sql', 'build'],
    ['code of the project that a service imports', '/shop/lib/money.ts', 'build'],
    ['code that none imports', '/shop/lib/other.ts', undefined],
    ['a test', '/shop/generated/services/rooms/tests/room.services.test.ts', undefined],
    ['a generated document', '/shop/generated/services/rooms/openapi.json', undefined],
    ['a service that is not watched', '/shop/generated/services/guests/src/main.ts', undefined],
    ['a service whose name begins alike', '/shop/generated/services/rooms-too/src/main.ts', undefined],
    ['our own records', '/shop/generated/.hometrip/manifest.json', undefined],
    ['another YAML file', '/shop/services.yaml.orig', undefined],
    ['a copy that an editor keeps', '/shop/generated/services/rooms/src/main.ts~', undefined],
    ['a swap file of vim', '/shop/generated/services/rooms/src/.main.ts.swp', undefined],
    ['the file by which vim asks whether it may write', '/shop/generated/services/rooms/src/4913', undefined],
    ['what sed writes before it renames it', '/shop/generated/services/rooms/src/sedQ5kXpl', undefined],
    ['a lock of emacs', '/shop/templates/.#README.md.hbs', undefined],
  ])('%s: %s → %s', (_, path, work) => {
    expect(workFor([path], places)).toBe(work);
  });

  it('of many the one that asks for most: a checkout of another branch is one change', () => {
    const code = '/shop/generated/services/rooms/src/main.ts';
    expect(workFor([code, '/shop/README.md', places.specFile, code], places)).toBe('generate');
    expect(workFor(['/shop/README.md', code], places)).toBe('build');
    expect(workFor([], places)).toBeUndefined();
  });
});
