/** Which generated migrations may still change: through `generate`, in a folder of its own. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginTrying, endTrying } from '../platform/drafts.ts';
import { type Project, projectAt } from '../platform/project.ts';
import { generate } from './generate.ts';

const key = 'services/shop-service/migrations';
let root: string;
let project: Project;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hometrip-drafts-'));
  project = projectAt(join(root, 'mine'));
  mkdirSync(project.root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const spec = (service: string) =>
  `name: shop\nversion: 1\ncomponents: { postgres: {} }\nservices:\n${service}`;
const shop = (title: string) =>
  `  shop-service: { port: 4100, database: postgres, entities: { item: { title: "${title}" } } }\n`;
/** Generates, and hands back the migrations. */
async function write(services: string, at = project): Promise<string[]> {
  writeFileSync(at.specFile, spec(services));
  await generate(at, { allowDestructive: true });
  return migrations(at);
}
const migrations = (at: Project): string[] => {
  try {
    return readdirSync(join(at.output, key));
  } catch {
    return [];
  }
};
/** As `up` does. */
const applied = (...names: string[]) => {
  beginTrying(project, key);
  endTrying(project, key, names);
};

const first = ['0001_create_item.sql', 'schema.json'];
const second = ['0001_create_item.sql', '0002_change_title_of_item.sql', 'schema.json'];

beforeEach(async () => {
  expect(await write(shop('string(40)'))).toEqual(first);
  applied('0001_create_item.sql');
  expect(await write(shop('string(80)'))).toEqual(second);
});

describe('a migration that was written here and applied nowhere', () => {
  it('goes when services.yaml is as it was', async () => {
    expect(await write(shop('string(40)'))).toEqual(first);
  });

  it('goes with a service that is taken out before anything of it was applied', async () => {
    await write(
      `${shop('string(80)')}  new-service: { port: 4101, database: postgres, entities: { thing: { title: text } } }\n`,
    );
    expect(readdirSync(join(project.output, 'services'))).toContain('new-service');
    await write(shop('string(80)'));
    expect(readdirSync(join(project.output, 'services'))).not.toContain('new-service');
  });

  it('is the same after a second run', async () => {
    await write(shop('string(80)'));
    expect((await generate(project, { dryRun: true })).plan.writes).toEqual([]);
  });
});

describe('a migration stays', () => {
  /** With the one that leads back after it. */
  const stays = async (at = project) =>
    expect(await write(shop('string(40)'), at)).toEqual([
      ...second.slice(0, 2),
      '0003_change_title_of_item.sql',
      'schema.json',
    ]);

  it('when it was applied', async () => {
    applied('0002_change_title_of_item.sql');
    await stays();
  });

  it('while it is applied, also when whoever did that was killed', async () => {
    beginTrying(project, key);
    await stays();
  });

  it('when the record was deleted, or cannot be read', async () => {
    writeFileSync(join(project.state, 'drafts.json'), '[]');
    await stays();
  });

  it('in a copy of the folder, whose databases may be others', async () => {
    const copy = projectAt(join(root, 'copy'));
    cpSync(project.root, copy.root, { recursive: true });
    await stays(copy);
  });

  it('where git says nothing about it, in a repository', async () => {
    mkdirSync(join(project.root, '.git'));
    await stays();
  });
});

it('may change again when applying it has failed', async () => {
  applied('0001_create_item.sql');
  expect(await write(shop('string(40)'))).toEqual(first);
});
