import { hash } from 'node:crypto';
import { join } from 'node:path';
import * as loaded from 'handlebars/runtime.js';
import { BugError } from './errors.ts';
import { Evidence, filesBelow, readSeen } from './evidence.ts';
import { templatesFolder } from './installation.ts';
import { late } from './late.ts';
import { precompiled } from './precompiled.ts';

type Handlebars = typeof import('handlebars');

/** The same in scripts/boot/bundle.mjs, which compiles ahead. */
const OPTIONS = { strict: true, noEscape: true, knownHelpersOnly: true };
const runtime = (loaded as unknown as { readonly default: Handlebars }).default;

/** With the compiler only when the bundle does not know this text: it takes longer to load than all templates to render. */
function compile(text: string): HandlebarsTemplateDelegate {
  const known = precompiled[hash('sha256', JSON.stringify(OPTIONS) + text)];
  return known === undefined ? late('handlebars').compile(text, OPTIONS) : runtime.template(known);
}

/**
 * Text templates below templates/, read and compiled once each. `strict`: a name that the view lacks is an error, not an
 * empty string; `noEscape`: the output is code, not HTML.
 */
class Templates {
  /** What they were when they were read. */
  readonly evidence = new Evidence();
  readonly #compiled = new Map<string, HandlebarsTemplateDelegate>();
  readonly #texts = new Map<string, string>();
  readonly #folders = new Map<string, readonly string[]>();

  /** @param path Below templates/: `nginx/nginx.conf.hbs`. */
  render(path: string, view: object): string {
    let template = this.#compiled.get(path);
    if (template === undefined) {
      template = compile(this.text(path));
      this.#compiled.set(path, template);
    }
    return template(view);
  }

  /** The file as it is. */
  text(path: string): string {
    let text = this.#texts.get(path);
    if (text === undefined) {
      text = readSeen(join(templatesFolder(), path), this.evidence)?.toString('utf8');
      if (text === undefined) throw new BugError(`there is no template ${path}`);
      this.#texts.set(path, text);
    }
    return text;
  }

  /** Paths of all files of a folder below templates/, relative to it, sorted; empty when there is no such folder. */
  files(folder: string): readonly string[] {
    let files = this.#folders.get(folder);
    if (files === undefined) {
      files = filesBelow(join(templatesFolder(), folder), (name) => name === 'node_modules', this.evidence);
      this.#folders.set(folder, files);
    }
    return files;
  }
}

export const templates = new Templates();
