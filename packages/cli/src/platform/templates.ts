import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Handlebars from 'handlebars';
import { installRoot } from './root.ts';

/**
 * Text templates below templates/, read and compiled once each. `strict`: a name that the view lacks is an error, not an
 * empty string; `noEscape`: the output is code, not HTML.
 */
class Templates {
  readonly #compiled = new Map<string, HandlebarsTemplateDelegate>();
  readonly #texts = new Map<string, string>();
  readonly #folders = new Map<string, readonly string[]>();

  /** @param path Below templates/: `nginx/nginx.conf.hbs`. */
  render(path: string, view: object): string {
    let template = this.#compiled.get(path);
    if (template === undefined) {
      template = Handlebars.compile(this.text(path), {
        strict: true,
        noEscape: true,
        knownHelpersOnly: true,
      });
      this.#compiled.set(path, template);
    }
    return template(view);
  }

  /** The file as it is. */
  text(path: string): string {
    let text = this.#texts.get(path);
    if (text === undefined) {
      text = readFileSync(join(installRoot(), 'templates', path), 'utf8');
      this.#texts.set(path, text);
    }
    return text;
  }

  /** Paths of all files of a folder below templates/, relative to it, sorted; empty when there is no such folder. */
  files(folder: string): readonly string[] {
    let files = this.#folders.get(folder);
    if (files === undefined) {
      files = filesBelow(join(installRoot(), 'templates', folder));
      this.#folders.set(folder, files);
    }
    return files;
  }
}

export const templates = new Templates();

function filesBelow(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.split('/').includes('node_modules'))
    .sort();
}
