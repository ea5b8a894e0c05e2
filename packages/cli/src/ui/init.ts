import { relative } from 'node:path';
import type { InitResult } from '../usecases/init.ts';
import type { InitAction } from '../usecases/init/decide.ts';
import { generationSummary } from './generate.ts';
import type { Terminal } from './terminal.ts';

const said: Record<InitAction, string | undefined> = {
  create: undefined,
  extend: 'gained what it lacked',
  keep: 'was there, and stays as it is',
  unchanged: 'was there already',
};

/** @param from The folder that the user is in. */
export function presentInit(result: InitResult, from: string, terminal: Terminal): void {
  for (const { path, action } of result.steps) {
    const why = said[action];
    const sign = action === 'create' ? '+' : action === 'extend' ? '~' : '=';
    const line = `${sign} ${path}`;
    terminal.out(
      `${action === 'create' ? terminal.style('green', line) : action === 'extend' ? terminal.style('yellow', line) : terminal.style('dim', line)}${why === undefined ? '' : `  ${terminal.style('dim', why)}`}`,
    );
  }
  const summary = generationSummary(result.generated);
  if (summary !== '') terminal.out(terminal.style('green', `+ generated/  ${summary}`));
  const folder = relative(from, result.project.root);
  const enter =
    folder === ''
      ? ''
      : `cd ${/[^\w./-]/.test(folder) ? `'${folder.replaceAll("'", "'\\''")}'` : folder} && `;
  if (result.unpacked !== undefined)
    terminal.out(`\nFirst make the packages that it names: npm run pack, in ${result.unpacked}`);
  terminal.out(
    `\n${terminal.style('bold', `${result.name} is ready to start:`)}\n  ${enter}npm install\n  npm start`,
  );
}

/** The same for tools. */
export const initJson = ({ project, name, steps }: InitResult) => ({
  name,
  folder: project.root,
  files: steps.map(({ path, action }) => ({ path, action })),
});
