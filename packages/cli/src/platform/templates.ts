import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { installRoot } from './root.ts';

/**
 * Text templates below templates/, read and compiled once each. `strict`: a name that the view lacks is an error, not an
 * empty string; `noEscape`: the output is code, not HTML.
 */
class Templates {
  readonly #compiled = new Map<string, HandlebarsTemplateDelegate>();

  /** @param path Below templates/: `nginx/nginx.conf.hbs`. */
  render(path: string, view: object): string {
    let template = this.#compiled.get(path);
    if (template === undefined) {
      template = Handlebars.compile(this.text(path), { strict: true, noEscape: true, knownHelpersOnly: true });
      this.#compiled.set(path, template);
    }
    return template(view);
  }

  /** The file as it is. */
  text(path: string): string {
    return readFileSync(join(installRoot(), 'templates', path), 'utf8');
  }
}

export const templates = new Templates();
