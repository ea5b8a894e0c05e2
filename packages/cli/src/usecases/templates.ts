/** The templates that a project is rendered from: which it may replace, and which it does. */
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { Templates } from '../platform/templates.ts';
import { suggest } from '../spec/nearest.ts';

export interface Replaceable {
  /** Below templates/: `service/README.md.hbs`; of a blueprint, its folder: `blueprints/auth`. */
  readonly path: string;
  /** Whose is rendered. `added`: a blueprint that the installation does not have. */
  readonly from: 'installation' | 'project' | 'added';
}

/** Blueprints, then text templates. */
export function replaceableTemplates({ root }: Pick<Project, 'root'>): readonly Replaceable[] {
  const templates = new Templates(root);
  const stock = new Templates();
  const there = stock.blueprints().map((id) => `blueprints/${id}`);
  const blueprints = templates.blueprints().map((id) => `blueprints/${id}`);
  return [...blueprints, ...templates.replaceable()].map((path) => ({
    path,
    from: !templates.isProjects(path)
      ? 'installation'
      : blueprints.includes(path) && !there.includes(path)
        ? 'added'
        : 'project',
  }));
}

/**
 * The installation's own text, to begin with, or to compare with after an upgrade.
 *
 * @param path With or without `templates/` in front.
 * @throws UserError for one that there is not
 */
export function stockTemplate(path: string): string {
  const stock = new Templates();
  const name = path.replace(/^(?:\.\/)?templates\//, '');
  const choices = stock.replaceable();
  if (choices.includes(name)) return stock.text(name);
  throw new UserError(`there is no template ${name}`, {
    next: [suggest(name, choices), 'see all of them: hometrip inspect --templates'],
  });
}
