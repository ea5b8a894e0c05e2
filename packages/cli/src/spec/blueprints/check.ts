/** One blueprint's folder → the blueprint, or every finding about it with its place in blueprint.json. */
import type { Blueprint } from '../../model/blueprints.ts';
import { type Diagnostic, Findings, sortDiagnostics } from '../diagnostics.ts';
import { parseDocument } from '../document.ts';
import { reportIssues } from '../issues.ts';
import { keysAt } from '../known-keys.ts';
import { keySpan, type Located, type LocatedMap, type Path, plain, valueSpan } from '../located.ts';
import { suggest } from '../nearest.ts';
import { readText } from '../read.ts';
import { createSource, type Source } from '../source.ts';
import { parseField } from '../values/field.ts';
import { namePattern } from '../schema.ts';
import { manifestSchema } from './manifest.ts';

export interface BlueprintFolder {
  readonly id: string;
  /** Where blueprint.json lies, for messages. */
  readonly file: string;
  /** Paths of all files, relative to the folder. */
  readonly paths: readonly string[];
  text(path: string): string;
}

export interface CheckedBlueprint {
  /** undefined when there are errors. */
  readonly blueprint: Blueprint | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

const MANIFEST = 'blueprint.json';

/** @param thorough False for the installation's own, whose folders are tested: then the manifest alone is read. */
export function checkBlueprint(folder: BlueprintFolder, thorough: boolean): CheckedBlueprint {
  const { id, file, paths } = folder;
  if (!paths.includes(MANIFEST))
    return refusal(
      file,
      'HT0380',
      `the folder ${id} has no ${MANIFEST}`,
      'write one, or move the folder away',
    );
  const { source, diagnostics } = readText(file, new TextEncoder().encode(folder.text(MANIFEST)));
  if (diagnostics.length > 0) return { blueprint: undefined, diagnostics, sources: [source] };
  const findings = new Findings(source);
  const root = parseJson(source, findings);
  const manifest = root === undefined ? undefined : manifestOf(root, findings);
  const sources = [source];
  const others: Diagnostic[] = [];
  if (root !== undefined && manifest !== undefined && thorough) {
    const context: Context = { ...folder, root, findings, manifest };
    fitsTogether(context);
    const openapi = checkOpenApi(folder);
    sources.push(...openapi.sources);
    others.push(...openapi.diagnostics);
  }
  const all = [...sortDiagnostics(findings.all), ...others];
  return {
    blueprint: manifest && all.length === 0 ? { id, ...manifest } : undefined,
    diagnostics: all,
    sources,
  };
}

function manifestOf(root: LocatedMap, findings: Findings): Omit<Blueprint, 'id'> | undefined {
  const result = manifestSchema.safeParse(plain(root));
  if (result.success) return result.data;
  reportIssues(result.error.issues, root, findings, keysAt(manifestSchema), [], MANIFEST);
  return undefined;
}

/** JSON alone, although the parser of YAML, which keeps the places, would take more. */
function parseJson(source: Source, findings: Findings): LocatedMap | undefined {
  try {
    JSON.parse(source.text);
  } catch (error) {
    const { message } = error as Error;
    const at = Number(
      /at position (\d+)/.exec(message)?.[1] ?? Math.max(0, source.text.trimEnd().length - 1),
    );
    findings.add(
      'HT0380',
      { start: at, end: at + 1 },
      `this is not JSON: ${message.replace(/ in JSON at position .*$/, '').replace(/^(.)/, (first) => first.toLowerCase())}`,
      'a comma too many, a missing quote, a comment?',
    );
    return undefined;
  }
  return parseDocument(source, findings);
}

interface Context extends BlueprintFolder {
  readonly root: Located;
  readonly findings: Findings;
  readonly manifest: Omit<Blueprint, 'id'>;
}

function fitsTogether(context: Context): void {
  const { id, manifest, paths } = context;
  if (!namePattern.test(id))
    report(
      context,
      [],
      `the folder ${id} cannot be the name of a blueprint`,
      'use lower-case letters, digits and hyphens',
    );
  const kindOf = { front: 'gateway', sockets: 'gateway', issuer: 'service' } as const;
  if (manifest.role !== undefined && kindOf[manifest.role] !== manifest.kind)
    report(
      context,
      ['role'],
      `the role ${manifest.role} is for a ${kindOf[manifest.role]}`,
      `write "kind": "${kindOf[manifest.role]}"`,
    );
  if (manifest.role === 'issuer' && manifest.keys === undefined)
    report(
      context,
      ['role'],
      'an issuer has to say where it answers its public keys',
      'add "keys": "auth/jwks", for example',
    );
  if (
    manifest.keys !== undefined &&
    !manifest.paths.some((path) => `${manifest.keys}/`.startsWith(`${path}/`))
  )
    report(context, ['keys'], `${manifest.keys} is below none of its paths`, 'add its beginning to paths');
  if (manifest.service === undefined) {
    const copied = paths.find((path) => /^(src|tests|migrations)\//.test(path));
    if (copied !== undefined)
      report(
        context,
        [],
        `${copied} would not be copied, since the files do not say which service they are`,
        'add "service", the name that they use',
      );
  }
  for (const [key, list] of Object.entries(manifest.contributes))
    for (const [index, { from }] of list.entries())
      exists(context, `src/${from.slice(2)}`, ['contributes', key, index, 'from']);
  for (const [index, path] of manifest.standIns.entries()) exists(context, path, ['standIns', index]);
  for (const [event, fields] of Object.entries(manifest.publishes))
    for (const [name, type] of Object.entries(fields)) {
      const parsed = parseField(type);
      if (!parsed.ok) report(context, ['publishes', event, name], parsed.message, parsed.help);
    }
}

function exists(context: Context, path: string, place: Path): void {
  if (context.paths.includes(path)) return;
  const code = context.paths.filter((one) => one.startsWith('src/') || one.startsWith('tests/'));
  report(context, place, `the folder has no file ${path}`, suggest(path, code));
}

function report({ root, findings }: Context, path: Path, message: string, help?: string): void {
  const span =
    path.length === 0 ? { start: root.span.start, end: root.span.start + 1 } : valueSpan(root, path);
  findings.add('HT0381', span.end > span.start ? span : keySpan(root, path), message, help);
}

/** Other parts read it as a document of the shape that the runtime prints. */
function checkOpenApi({ file, paths, text }: BlueprintFolder): Omit<CheckedBlueprint, 'blueprint'> {
  if (!paths.includes('openapi.json')) return { diagnostics: [], sources: [] };
  const source = createSource(file.replace(/blueprint\.json$/, 'openapi.json'), text('openapi.json'));
  const findings = new Findings(source);
  const root = parseJson(source, findings);
  if (root !== undefined) {
    const { paths: routes, components, tags } = plain(root) as Record<string, unknown>;
    const isMap = (value: unknown): boolean =>
      typeof value === 'object' && value !== null && !Array.isArray(value);
    const schemas = isMap(components) ? (components as Record<string, unknown>)['schemas'] : undefined;
    if (!isMap(routes) || !isMap(schemas) || !Array.isArray(tags))
      findings.add(
        'HT0381',
        { start: root.span.start, end: root.span.start + 1 },
        'this is not the document of a service: it needs paths, components.schemas and tags',
        'print it with the stand-in service: node src/main.ts openapi',
      );
  }
  return { diagnostics: findings.all, sources: [source] };
}

/** About the folder as a whole, of which there is no text to show. */
export function refusal(
  file: string,
  code: 'HT0380' | 'HT0384',
  message: string,
  help: string,
): CheckedBlueprint {
  const source = createSource(file, '');
  const findings = new Findings(source);
  findings.add(code, { start: 0, end: 0 }, message, help);
  return { blueprint: undefined, diagnostics: findings.all, sources: [source] };
}
