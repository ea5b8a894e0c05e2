/**
 * The templates that a project is rendered from: its own `templates/` beside services.yaml, before those of the installation.
 * A text template replaces the one of the same path; a blueprint's folder replaces the whole blueprint of that name.
 */
import { hash } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import * as loaded from 'handlebars/runtime.js';
import { BugError } from './errors.ts';
import { type Below, below, Evidence, listSeen, readSeen } from './evidence.ts';
import { templatesFolder } from './installation.ts';
import { late } from './late.ts';
import { precompiled } from './precompiled.ts';
import { type TemplateFinding, templateFindings } from './template-check.ts';

type Handlebars = typeof import('handlebars');

/** The same in scripts/boot/bundle.mjs, which compiles ahead. */
const OPTIONS = { strict: true, noEscape: true, knownHelpersOnly: true };
const runtime = (loaded as unknown as { readonly default: Handlebars }).default;

/** With the compiler only when the bundle does not know this text: it takes longer to load than all templates to render. */
function compile(text: string): HandlebarsTemplateDelegate {
  const known = precompiled[hash('sha256', JSON.stringify(OPTIONS) + text)];
  return known === undefined ? late('handlebars').compile(text, OPTIONS) : runtime.template(known);
}

const BLUEPRINTS = 'blueprints';
/** What `hometrip init` writes before there is a project that could replace anything. */
const INIT = 'init';
const skipped = (name: string): boolean => name === 'node_modules';

/** A template of the project's that cannot be rendered. */
export class InvalidTemplate extends Error {
  override name = 'InvalidTemplate';
  /** As the user writes it: `templates/service/README.md.hbs`. */
  readonly file: string;
  readonly text: string;
  readonly findings: readonly TemplateFinding[];

  constructor(file: string, text: string, findings: readonly TemplateFinding[]) {
    super(`${file} cannot be rendered`);
    this.file = file;
    this.text = text;
    this.findings = findings;
  }
}

/** Read and compiled once each; a run that comes later opens them anew, and so sees what has changed. */
export class Templates {
  /** What they were when they were read. */
  readonly evidence = new Evidence();
  readonly #stock = templatesFolder();
  readonly #project: string | undefined;
  readonly #compiled = new Map<string, HandlebarsTemplateDelegate>();
  readonly #texts = new Map<string, string>();
  readonly #folders = new Map<string, readonly string[]>();
  #own: Below | undefined;

  /** @param project Folder with services.yaml; undefined: the installation's templates alone. */
  constructor(project?: string) {
    const folder = project === undefined ? undefined : join(project, 'templates');
    // A project that is the installation itself, as in its repository, has nothing of its own.
    this.#project = folder !== undefined && isSame(folder, this.#stock) ? undefined : folder;
  }

  /**
   * `strict`: a name that the view lacks is an error, not an empty string; `noEscape`: the output is code, not HTML.
   *
   * @param path Below templates/: `nginx/nginx.conf.hbs`.
   * @throws InvalidTemplate when the project's own template has mistakes, naming all of them
   */
  render(path: string, view: object): string {
    if (this.isProjects(path)) this.#check(path, view);
    let template = this.#compiled.get(path);
    if (template === undefined) {
      template = compile(this.text(path));
      this.#compiled.set(path, template);
    }
    return template(view);
  }

  /** Ours are tested; those of a project are looked through before they are rendered, in branches that are not taken too. */
  #check(path: string, view: object): void {
    const text = this.text(path);
    const findings = templateFindings(text, view, late('handlebars'));
    if (findings.length > 0) throw new InvalidTemplate(this.place(path), text, findings);
  }

  /** The file as it is. */
  text(path: string): string {
    let text = this.#texts.get(path);
    if (text === undefined) {
      text = readSeen(join(this.#layer(path), path), this.evidence)?.toString('utf8');
      if (text === undefined) throw new BugError(`there is no template ${path}`);
      this.#texts.set(path, text);
    }
    return text;
  }

  /** Paths of all files of a folder below templates/, relative to it, sorted; empty when there is no such folder. */
  files(folder: string): readonly string[] {
    let files = this.#folders.get(folder);
    if (files === undefined) {
      files = below(join(this.#layer(folder), folder), skipped, this.evidence).files;
      this.#folders.set(folder, files);
    }
    return files;
  }

  /** Folders of blueprints, the project's and the installation's, sorted. */
  blueprints(): readonly string[] {
    const names = [this.#stock, ...(this.#project === undefined ? [] : [this.#project])].flatMap((layer) =>
      (listSeen(join(layer, BLUEPRINTS), this.evidence) ?? [])
        .filter((name) => name.endsWith('/') && !skipped(name.slice(0, -1)))
        .map((name) => name.slice(0, -1)),
    );
    return [...new Set(names)].sort();
  }

  /** Text templates of the installation, all of which a project may replace, sorted. */
  replaceable(): readonly string[] {
    return this.#tops()
      .flatMap((top) =>
        below(join(this.#stock, top), skipped, this.evidence).files.map((path) => `${top}/${path}`),
      )
      .filter((path) => path.endsWith('.hbs'))
      .sort();
  }

  /** Text templates that the project brings. */
  replaced(): readonly string[] {
    return this.#ownFiles().files.filter(
      (path) => path.endsWith('.hbs') && !path.startsWith(`${BLUEPRINTS}/`),
    );
  }

  /** What lies among the project's templates and is neither a file nor a folder; nothing of it is read. */
  strange(): readonly string[] {
    return this.#ownFiles().strange;
  }

  /** Whether the file, or the blueprint's folder, is the project's own. */
  isProjects(path: string): boolean {
    if (this.#project === undefined) return false;
    const { files } = this.#ownFiles();
    const [top, id] = path.split('/');
    return top === BLUEPRINTS
      ? files.some((file) => file.startsWith(`${BLUEPRINTS}/${id ?? ''}/`))
      : files.includes(path);
  }

  /** Where the file lies, for messages: relative to the project if it is the project's. */
  place(path: string): string {
    return this.isProjects(path) ? `templates/${path}` : join(this.#stock, path);
  }

  readonly #layer = (path: string): string =>
    this.#project !== undefined && this.isProjects(path) ? this.#project : this.#stock;

  /** Folders of text templates. */
  #tops(): readonly string[] {
    return (listSeen(this.#stock, this.evidence) ?? [])
      .filter((name) => name.endsWith('/'))
      .map((name) => name.slice(0, -1))
      .filter((name) => name !== BLUEPRINTS && name !== INIT);
  }

  /** In the folders that the installation has; a project may keep other things in its templates/. */
  #ownFiles(): Below {
    this.#own ??= this.#readOwn();
    return this.#own;
  }

  #readOwn(): Below {
    const project = this.#project;
    if (project === undefined) return { files: [], strange: [] };
    if (lstatSync(project, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      return { files: [], strange: ['.'] };
    const present = listSeen(project, this.evidence) ?? [];
    const tops = [BLUEPRINTS, ...this.#tops()];
    const found = tops
      .filter((top) => present.includes(`${top}/`))
      .map((top) => ({ top, ...below(join(project, top), skipped, this.evidence) }));
    return {
      files: found.flatMap(({ top, files }) => files.map((path) => `${top}/${path}`)).sort(),
      strange: [
        ...tops.filter((top) => present.includes(`${top}?`)),
        ...found.flatMap(({ top, strange }) => strange.map((path) => `${top}/${path}`)),
      ].sort(),
    };
  }
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
