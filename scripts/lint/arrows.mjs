// Which folder may import from which: the pipeline of the product, as a table. What is not listed is forbidden.
// @ts-check

/** Programs, containers and processes: reached through platform/ alone. */
const EDGES = ['execa', 'dockerode', 'node:child_process'];
const DISK = ['node:fs', 'node:fs/promises', 'fs', 'fs-extra'];

/** Shapes that stages hand to each other: everyone may `import type` from these, for that creates no dependency at run time. */
export const CONTRACTS = [
  'model/stack.ts',
  'model/expression.ts',
  'model/blueprints.ts',
  'model/resolve-bindings.ts',
  'components/component.ts',
  'files/planned-file.ts',
  'platform/templates.ts',
  'drivers/driver.ts',
];

/**
 * @typedef {object} Arrow
 * @property {readonly string[]} from folders (or files) of packages/cli/src that may be imported, besides the own one
 * @property {readonly string[]} [never] packages that may not be imported
 */

/**
 * Folder of packages/cli/src → what it may use. `.` is the top: main.ts and the list of commands.
 * @type {Readonly<Record<string, Arrow>>}
 */
export const ARROWS = {
  platform: { from: [] },
  // Rules ask the model which component and blueprint a service would be given; blueprints are files of the project.
  spec: {
    from: [
      'platform',
      'model/names.ts',
      'model/limits.ts',
      'model/capabilities.ts',
      'model/own-processes.ts',
      'model/blueprints.ts',
      'model/resolve-bindings.ts',
    ],
    never: EDGES,
  },
  model: { from: ['spec', 'platform/errors.ts'], never: [...EDGES, ...DISK] },
  // A component contributes files of its own, as pure functions of the stack.
  components: {
    from: ['spec', 'model', 'files/planned-file.ts', 'files/serialise.ts', 'platform/errors.ts'],
    never: [...EDGES, ...DISK],
  },
  // A renderer turns a stack into planned files and touches nothing. It may walk the list of components, never name one.
  renderers: {
    from: [
      'spec',
      'model',
      'components/index.ts',
      'files/planned-file.ts',
      'files/serialise.ts',
      'platform/errors.ts',
    ],
    never: [...EDGES, ...DISK, 'node:os', 'node:process', 'node:net', 'node:http', 'node:crypto'],
  },
  files: { from: ['platform', 'spec', 'model'], never: EDGES },
  drivers: { from: ['platform', 'spec', 'model', 'components', 'files'], never: ['execa', 'dockerode'] },
  usecases: {
    from: ['platform', 'spec', 'model', 'components', 'renderers', 'files', 'drivers'],
    never: EDGES,
  },
  ui: { from: ['platform', 'spec', 'model', 'files', 'drivers', 'usecases'], never: EDGES },
  commands: { from: ['platform', 'spec', 'model', 'files', 'drivers', 'usecases', 'ui'], never: EDGES },
  help: { from: ['commands', 'commands.ts', 'ui', 'platform'], never: EDGES },
  '.': { from: ['commands', 'help', 'ui', 'platform', 'usecases', 'spec/nearest.ts'], never: EDGES },
};
