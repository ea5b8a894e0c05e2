import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Project, projectAt } from '../platform/project.ts';
import { generate, type GenerateOptions } from './generate.ts';
import { generateAnew } from './generate-anew.ts';

const SPEC = `name: rooms
version: 1
components: { postgres: {} }
services:
  room-service:
    port: 4001
    database: postgres
    entities:
      room: { owner: user, title: string(120) }
environments:
  production: { defaults: { replicas: 2 } }
`;
const CODE = 'code 1';
/** HOMETRIP_PROPERTY_RUNS sets how many histories are tried. */
const RUNS = Number(process.env['HOMETRIP_PROPERTY_RUNS'] ?? 20);

const folders: string[] = [];
function newProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'hometrip-known-'));
  folders.push(folder);
  writeFileSync(join(folder, 'services.yaml'), SPEC);
  return projectAt(folder);
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** What a run says, without the texts of files; `known` when it did not have to render for that. */
async function answer(project: Project, options: GenerateOptions = {}, code = CODE): Promise<unknown> {
  try {
    return told(await generate(project, { ...options, dryRun: true }, code));
  } catch (error) {
    return String(error);
  }
}

async function fullAnswer(project: Project, options: GenerateOptions = {}): Promise<unknown> {
  try {
    return told((await generateAnew(project, { ...options, dryRun: true })).result);
  } catch (error) {
    return String(error);
  }
}

const told = ({ stack, plan, drift }: Awaited<ReturnType<typeof generate>>) => ({
  drift,
  stack: JSON.stringify(stack),
  entries: plan.entries.map(({ path, action, cause }) => `${path} ${action} ${cause}`),
  writes: plan.writes.map(({ path }) => path),
});

let known: { readonly project: Project; readonly copy: string };
beforeAll(async () => {
  const project = newProject();
  await generate(project, {}, CODE);
  await generate(project, {}, CODE);
  known = { project, copy: `${project.root}-copy` };
  folders.push(known.copy);
  cpSync(project.root, known.copy, { recursive: true });
});

/** A project with nothing to do, where that is kept: the same one, since paths are part of what is kept. */
function settled(): Project {
  rmSync(known.project.root, { recursive: true, force: true });
  cpSync(known.copy, known.project.root, { recursive: true, preserveTimestamps: true });
  return known.project;
}

/** Nothing to commit is no failure here. */
const git = (root: string, ...args: readonly string[]): void =>
  void spawnSync('git', ['-C', root, ...args], { stdio: 'ignore' });

const FILE = 'services/room-service/src/room/routes.ts';
const MIGRATIONS = 'services/room-service/migrations';

/** Everything that may happen to a project behind our back. */
const edits: Readonly<Record<string, (project: Project) => void>> = {
  'one character of a file changes, its size and time do not': ({ output }) => {
    const path = join(output, FILE);
    const { atime, mtime } = statSync(path);
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/[a-z]/, (letter) => (letter === 'q' ? 'w' : 'q')),
    );
    utimesSync(path, atime, mtime);
  },
  'a file is touched': ({ output }) => utimesSync(join(output, FILE), new Date(), new Date(0)),
  'a file is deleted': ({ output }) => rmSync(join(output, FILE), { force: true }),
  'a folder is deleted': ({ output }) => rmSync(join(output, 'services'), { recursive: true, force: true }),
  'a file becomes a link': ({ output }) => {
    const path = join(output, FILE);
    if (!existsSync(path) || lstatSync(path).isSymbolicLink()) return;
    renameSync(path, `${path}.aside`);
    symlinkSync(`${path}.aside`, path);
  },
  'a folder becomes a link': ({ output }) => {
    const path = join(output, 'docs');
    if (!existsSync(path) || lstatSync(path).isSymbolicLink()) return;
    renameSync(path, `${path}-aside`);
    symlinkSync(`${path}-aside`, path);
  },
  'a script loses its executable bit': ({ output }) => {
    const path = join(output, 'scripts/init-postgres.sh');
    if (existsSync(path)) chmodSync(path, 0o644);
  },
  'line ends become those of Windows': ({ output }) => {
    const path = join(output, 'docs/README.md');
    if (existsSync(path)) writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/\r?\n/g, '\r\n'));
  },
  'a conflict lies beside a file': ({ output }) => {
    if (existsSync(join(output, 'services')))
      writeFileSync(join(output, `${FILE}.hometrip-conflict`), '<<<<<<<');
  },
  'the manifest is lost': ({ output }) => rmSync(join(output, '.hometrip/manifest.json'), { force: true }),
  'a pristine text is lost': ({ output }) =>
    rmSync(join(output, '.hometrip/base/docs.json'), { force: true }),
  'a run was killed': ({ output }) => {
    mkdirSync(join(output, '.hometrip'), { recursive: true });
    writeFileSync(join(output, '.hometrip/pending.json'), '{"version":1,"writes":{},"entries":{}}');
  },
  'a migration is written by hand': ({ output }) => {
    mkdirSync(join(output, MIGRATIONS), { recursive: true });
    writeFileSync(join(output, MIGRATIONS, '0009_mine.sql'), '-- up\nSELECT 1;\n');
  },
  'a file that is none of ours is added': ({ output }) => {
    mkdirSync(output, { recursive: true });
    writeFileSync(join(output, 'notes.txt'), 'mine');
  },
  'the spec changes': ({ specFile }) =>
    writeFileSync(specFile, readFileSync(specFile, 'utf8').replace(/string\(\d+\)/, 'string(80)')),
  'the spec changes back': ({ specFile }) => writeFileSync(specFile, SPEC),
  'the spec gets a comment': ({ specFile }) =>
    writeFileSync(specFile, `${readFileSync(specFile, 'utf8')}# x\n`),
  'the spec is wrong': ({ specFile }) => writeFileSync(specFile, SPEC.replace('4001', 'x')),
  'the spec becomes a folder': ({ specFile }) => {
    rmSync(specFile, { recursive: true, force: true });
    mkdirSync(specFile, { recursive: true });
  },
  'the spec is deleted': ({ specFile }) => rmSync(specFile, { recursive: true, force: true }),
  'what was kept is cut short': ({ state }) => {
    const path = join(state, 'generated.known');
    if (existsSync(path)) writeFileSync(path, readFileSync(path, 'utf8').slice(0, -5));
  },
  'what was kept is changed': ({ state }) => {
    const path = join(state, 'generated.known');
    if (existsSync(path)) writeFileSync(path, readFileSync(path, 'utf8').replace('unchanged', 'create'));
  },
  'what was kept is nonsense': ({ state }) => {
    mkdirSync(state, { recursive: true });
    writeFileSync(join(state, 'generated.known'), 'x');
  },
  'the record of drafts is lost': ({ state }) => rmSync(join(state, 'drafts.json'), { force: true }),
  'the project becomes a repository': ({ root }) => git(root, 'init', '--quiet'),
  'everything is committed': ({ root }) => {
    git(root, 'init', '--quiet');
    git(root, 'add', '--all');
    git(root, '-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '--quiet', '--message=x');
  },
  'the commits are gone': ({ root }) => {
    if (existsSync(join(root, '.git'))) git(root, 'update-ref', '-d', 'HEAD');
  },
  'the project gets a template of its own': ({ root }) => {
    mkdirSync(join(root, 'templates/service'), { recursive: true });
    writeFileSync(join(root, 'templates/service/README.md.hbs'), '# {{name}}\n');
  },
  'its template changes': ({ root }) => {
    const path = join(root, 'templates/service/README.md.hbs');
    if (existsSync(path)) writeFileSync(path, '# The {{name}}\n');
  },
  'its template names what is not there': ({ root }) => {
    mkdirSync(join(root, 'templates/service'), { recursive: true });
    writeFileSync(join(root, 'templates/service/README.md.hbs'), '# {{nmae}}\n');
  },
  'its template is deleted': ({ root }) =>
    rmSync(join(root, 'templates/service/README.md.hbs'), { force: true }),
  'the project replaces what its services are built from': ({ root }) => {
    mkdirSync(join(root, 'templates/blueprints/crud'), { recursive: true });
    writeFileSync(
      join(root, 'templates/blueprints/crud/blueprint.json'),
      '{ "description": "Ours", "kind": "service", "databases": ["postgres"] }',
    );
  },
  'a blueprint that nobody uses is broken': ({ root }) => {
    mkdirSync(join(root, 'templates/blueprints/other'), { recursive: true });
    writeFileSync(join(root, 'templates/blueprints/other/blueprint.json'), '{');
  },
  'its templates are deleted': ({ root }) =>
    rmSync(join(root, 'templates'), { recursive: true, force: true }),
  'the state folder is deleted': ({ state }) => rmSync(state, { recursive: true, force: true }),
};

/** An edit of what an earlier one took away does nothing. */
function attempt(edit: () => void): void {
  try {
    edit();
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

type Step = keyof typeof edits | 'generate' | 'look';

describe('a kept answer', () => {
  it(
    'is what the whole run says, whatever happened in between',
    async () => {
      const step = fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom<Step>(...Object.keys(edits)) },
        { weight: 2, arbitrary: fc.constantFrom<Step>('generate', 'look') },
      );
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { minLength: 1, maxLength: 6 }),
          fc.boolean(),
          async (steps, production) => {
            const project = settled();
            const options = production ? { env: 'production' } : {};
            for (const name of steps) {
              if (name === 'generate') await generate(project, options, CODE).catch(() => undefined);
              else if (name !== 'look') attempt(() => edits[name]?.(project));
              expect(await answer(project, options), name).toEqual(await fullAnswer(project, options));
            }
          },
        ),
        { numRuns: RUNS },
      );
    },
    30_000 + RUNS * 1_000,
  );

  it.each(Object.keys(edits))('holds no longer than it may: %s', async (name) => {
    const project = settled();
    edits[name]?.(project);
    expect(await answer(project)).toEqual(await fullAnswer(project));
  });

  describe('is used', () => {
    let project: Project;
    beforeEach(() => {
      project = settled();
    });
    it('while nothing has changed: then nothing is rendered', async () => {
      const found = await generate(project, {}, CODE);
      expect(found).toMatchObject({ drift: false, applied: true, plan: { writes: [] } });
      // Only a kept answer makes its stack when it is asked for.
      expect(Object.getOwnPropertyDescriptor(found, 'stack')?.get).toBeTypeOf('function');
    });

    it('as well where no file is named, which is how the command asks', async () => {
      const found = await generate(project, { restore: [], adopt: [], allowDestructive: false }, CODE);
      expect(Object.getOwnPropertyDescriptor(found, 'stack')?.get).toBeTypeOf('function');
    });

    it.each<[string, GenerateOptions, string | undefined]>([
      ['by another version of the code', {}, 'code 2'],
      ['by code that is under work', {}, undefined],
      ['for another environment', { env: 'production' }, CODE],
      ['when a file shall come back', { restore: [FILE] }, CODE],
      ['when files shall be taken over', { adopt: true }, CODE],
      ['when one file shall be taken over', { adopt: [FILE] }, CODE],
    ])('but not %s', async (_, options, code) => {
      const found = await generate(project, options, code);
      expect(Object.getOwnPropertyDescriptor(found, 'stack')?.get).toBeUndefined();
    });
  });

  it('does not keep a run from recording that drafts were committed', async () => {
    const project = settled();
    const record = join(project.state, 'drafts.json');
    expect(readFileSync(record, 'utf8')).toContain(MIGRATIONS);
    edits['everything is committed']?.(project);
    await generate(project, { dryRun: true }, CODE);
    await generate(project, {}, CODE);
    expect(readFileSync(record, 'utf8')).not.toContain(MIGRATIONS);
  });

  it('rests on the templates, too', async () => {
    const { evidence } = await generateAnew(newProject(), { dryRun: true });
    const seen = Object.keys(evidence.seen() ?? {});
    expect(seen.filter((what) => what.startsWith('text ') && what.includes('/templates/'))).not.toEqual([]);
    expect(seen.some((what) => what.endsWith('/templates/service/Dockerfile.hbs'))).toBe(true);
  });
});
