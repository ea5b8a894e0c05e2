/** A new project in a folder that is empty, or holds other things: nothing that is there is ever overwritten. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { cliFolder, exampleSpec, installedVersion, tarballOf } from '../platform/installation.ts';
import { UserError } from '../platform/errors.ts';
import { readSeen } from '../platform/evidence.ts';
import { type Project, projectAt } from '../platform/project.ts';
import { replaceText } from '../platform/replace-text.ts';
import { Templates } from '../platform/templates.ts';
import { namePattern } from '../spec/schema.ts';
import { generate, type GenerateResult } from './generate.ts';
import { isBrought } from './init/brought-node.ts';
import { decideInit, type InitStep } from './init/decide.ts';
import { projectFiles } from './init/project-files.ts';

export const EXAMPLES = ['shop', 'hometrip'] as const;
export type Example = (typeof EXAMPLES)[number];

export interface InitOptions {
  /** Absolute path; made when it is not there. */
  readonly folder: string;
  readonly example: Example;
}

export interface InitResult {
  readonly project: Project;
  /** Of the system. */
  readonly name: string;
  readonly steps: readonly InitStep[];
  readonly generated: GenerateResult;
  /** The checkout whose packages the project names, while they are not packed there. */
  readonly unpacked: string | undefined;
}

const OWN = ['@hometrip/cli', '@hometrip/runtime'];
const SCHEMA = './node_modules/@hometrip/cli/schema/services.schema.json';

/** @throws UserError naming the files that are in the way; nothing is written then. */
export async function init({ folder, example }: InitOptions): Promise<InitResult> {
  requireFolder(folder);
  const templates = new Templates();
  const name = example === 'shop' ? nameOf(folder) : example;
  const spec =
    example === 'shop'
      ? templates.render('init/shop/services.yaml.hbs', { name, schema: SCHEMA })
      : exampleSpec(example)
          .replace(/^(# yaml-language-server: \$schema=).*$/m, `$1${SCHEMA}`)
          .replaceAll('./hometrip ', 'npx hometrip ');
  const packages = Object.fromEntries(OWN.map((one) => [one, rangeOf(one, folder)]));
  // When npm brought the Node that we run on, the project needs it as well.
  const node = isBrought(process.execPath, [folder, cliFolder()]) ? process.versions.node : undefined;
  const files = projectFiles({ name, spec, packages, node }, templates);
  const before = new Map(files.map(({ path }) => [path, readSeen(join(folder, path))]));
  const { steps, inTheWay } = decideInit(files, (path) => before.get(path)?.toString('utf8'));
  if (inTheWay.length > 0) throw taken(folder, inTheWay);
  for (const { path, action, text } of steps) {
    const file = join(folder, path);
    if (action === 'create') {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
    } else if (action === 'extend') replaceText(file, before.get(path) ?? Buffer.of(), Buffer.from(text));
  }
  const project = projectAt(folder);
  const tarballs = OWN.flatMap((one) => tarballOf(one) ?? []);
  const absent = tarballs.find((tarball) => !existsSync(tarball));
  const unpacked = absent === undefined ? undefined : dirname(dirname(absent));
  return { project, name, steps, generated: await generate(project), unpacked };
}

/** A name for the system from that of its folder: `My Shop (2)` → `my-shop-2`. */
export function nameOf(folder: string): string {
  const words = basename(folder)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{Mark}/gu, '')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const name = words
    .join('-')
    .replace(/^[0-9-]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return namePattern.test(name) ? name : 'shop';
}

/** From the registry, unless npm installed us from tarballs: then the project does the same. */
function rangeOf(name: string, folder: string): string {
  const tarball = tarballOf(name);
  if (tarball === undefined) return `^${installedVersion()}`;
  return `file:${relative(folder, tarball).split(sep).join('/')}`;
}

function requireFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found !== undefined && !found.isDirectory())
    throw new UserError('a project needs a folder, and this is a file', {
      where: folder,
      next: ['give the project another name'],
    });
}

function taken(folder: string, paths: readonly string[]): UserError {
  const isProject = paths.includes('services.yaml');
  return new UserError(
    isProject ? 'this folder holds a project already' : `this folder holds ${paths.join(', ')} already`,
    {
      where: join(folder, paths[0] ?? ''),
      next: [
        ...(isProject ? ['go on with it: hometrip up, or hometrip add service NAME'] : []),
        'or make a project in a folder of its own: hometrip init NAME',
      ],
    },
  );
}
