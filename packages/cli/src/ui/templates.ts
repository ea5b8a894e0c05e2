import type { Replaceable } from '../usecases/templates.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

const whose = {
  installation: 'the installation’s',
  project: 'replaced by the project',
  added: 'the project’s own',
} as const;

export function presentTemplates(templates: readonly Replaceable[], terminal: Terminal, json: boolean): void {
  if (json) {
    terminal.json({ templates });
    return;
  }
  const rows = templates.map(({ path, from }) => [`templates/${path}`, whose[from]]);
  terminal.out(
    table([{ title: 'TEMPLATE' }, { title: 'IS', optional: 1 }], rows, {
      columns: terminal.columns,
      header: (text) => terminal.style('bold', text),
    }),
  );
}
