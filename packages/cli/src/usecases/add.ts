/** A wish → services.yaml with the entries that say it: valid, or not written at all. */
import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { componentKinds } from '../components/index.ts';
import { UserError } from '../platform/errors.ts';
import type { Project } from '../platform/project.ts';
import { replaceText } from '../platform/replace-text.ts';
import type { CheckResult } from '../spec/check.ts';
import { type Diagnostic, Findings } from '../spec/diagnostics.ts';
import { parseDocument } from '../spec/document.ts';
import { type Addition, applyEdits, editsFor, NotEditable } from '../spec/edit/insert.ts';
import { formatCounts, formatDiagnostics } from '../spec/format.ts';
import { at, keySpan, type LocatedMap, plain } from '../spec/located.ts';
import { readText } from '../spec/read.ts';
import { createSource, positionAt, type Source } from '../spec/source.ts';
import { additionsFor, placeOf, type Wish } from './add/wish.ts';
import { InvalidSpecError } from './load-stack.ts';
import { checkBytes, type ReadSpec } from './read-spec.ts';
import { readSpecFile } from './spec-file.ts';

export interface AddResult {
  /** Name of the file. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly written: boolean;
  /** Warnings that came with the addition. */
  readonly diagnostics: readonly Diagnostic[];
  /** Of the text afterwards, for formatDiagnostics. */
  readonly source: Source;
}

export async function add(
  { specFile }: Pick<Project, 'specFile'>,
  wish: Wish,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<AddResult> {
  const bytes = await readSpecFile(specFile);
  const { source, root } = parsed(specFile, bytes);
  refuseTaken(wish, source, root);
  const earlier = checkBytes(specFile, bytes, componentKinds);
  const additions = additionsFor(wish, root, componentKinds, earlier.blueprints.all);
  const after = additions.reduce((text, addition) => added(text, addition, source.file), source.text);
  const result = checkBytes(specFile, encode(after, bytes), componentKinds);
  if (result.spec === undefined) throw refused(result, earlier);
  requireNothingElse(additions, source, root, parsed(specFile, encode(after, bytes)).root);
  if (!dryRun) replaceText(specFile, bytes, encode(after, bytes));
  return {
    file: source.file,
    before: source.text,
    after,
    written: !dryRun,
    diagnostics: newOnes(result, earlier),
    source: result.source,
  };
}

/** @throws InvalidSpecError when the file is not even YAML */
function parsed(file: string, bytes: Uint8Array): { source: Source; root: LocatedMap } {
  const { source, diagnostics } = readText(basename(file), bytes);
  const findings = new Findings(source);
  const root = diagnostics.length > 0 ? undefined : parseDocument(source, findings);
  if (root === undefined) throw new InvalidSpecError([...diagnostics, ...findings.all], [source]);
  return { source, root };
}

function refuseTaken(wish: Wish, source: Source, root: LocatedMap): void {
  const path = placeOf(wish);
  if (at(root, path) === undefined) return;
  const noun =
    wish.kind === 'entity'
      ? `${wish.service} has the entity ${wish.name}`
      : `the ${wish.kind} ${wish.name} is there`;
  throw new UserError(`${noun} already`, {
    where: place(source, keySpan(root, path).start),
    next: ['choose another name, or change it there'],
  });
}

function added(text: string, addition: Addition, file: string): string {
  try {
    return applyEdits(text, editsFor(text, addition));
  } catch (error) {
    if (!(error instanceof NotEditable)) throw error;
    throw new UserError(`${addition.path.join('.')} cannot be added: ${error.message}`, {
      where: place(createSource(file, text), error.at),
      next: ['add it by hand there'],
      cause: error,
    });
  }
}

/** What is anchored or merged stands in several places, and an addition to one of them would be one to all. */
function requireNothingElse(
  additions: readonly Addition[],
  source: Source,
  before: LocatedMap,
  after: LocatedMap,
): void {
  const expected = additions.reduce(withAddition, plain(before) as Tree);
  if (isDeepStrictEqual(expected, plain(after))) return;
  const [addition] = additions;
  throw new UserError(
    `${addition?.path.join('.')} cannot be added without a change elsewhere: an anchor or a merge key (<<) shares what is there`,
    {
      where: place(source, keySpan(before, addition?.path ?? []).start),
      next: ['add it by hand, where it is meant to count'],
    },
  );
}

type Tree = { [key: string]: unknown };

function withAddition(tree: Tree, { path, value, append }: Addition): Tree {
  const [key = '', ...rest] = path;
  const inner = tree[key];
  if (rest.length > 0)
    return {
      ...tree,
      [key]: withAddition((inner ?? {}) as Tree, { path: rest, value, ...(append && { append }), levels: 0 }),
    };
  return { ...tree, [key]: append === true ? [...((inner ?? []) as unknown[]), value] : value };
}

function refused({ diagnostics, source, sources }: ReadSpec, earlier: ReadSpec): UserError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const count = (some: readonly Diagnostic[]): string =>
    formatCounts({ error: some.length, warning: 0, info: 0 });
  const news = newOnes({ diagnostics: errors }, earlier);
  if (news.length === 0) return new InvalidSpecError(earlier.diagnostics, earlier.sources);
  return new UserError(
    `nothing was written, for ${source.file} would have ${count(news)}\n\n${formatDiagnostics(news, sources)}`,
    { next: ['correct the command; the lines are those of the file as it would be'] },
  );
}

/** By what they say: their lines have moved. */
function newOnes(
  { diagnostics }: Pick<CheckResult, 'diagnostics'>,
  earlier: Pick<CheckResult, 'diagnostics'>,
): readonly Diagnostic[] {
  const known = new Set(earlier.diagnostics.map(({ code, message }) => `${code} ${message}`));
  return diagnostics.filter(({ code, message }) => !known.has(`${code} ${message}`));
}

function place(source: Source, offset: number): string {
  const { line, column } = positionAt(source, offset);
  return `${source.file}:${line}:${column}`;
}

/** With the byte order mark that the file had. */
function encode(text: string, { 0: a, 1: b, 2: c }: Uint8Array): Uint8Array {
  return new TextEncoder().encode(a === 0xef && b === 0xbb && c === 0xbf ? `\ufeff${text}` : text);
}
