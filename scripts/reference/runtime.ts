/**
 * docs/reference/runtime.md and a page for each area below it. TypeDoc would do it too, but cannot read TypeScript 7, and needs
 * 221 pages and 10,000 lines for what these say in a tenth: interfaces are shown as they are written, with their comments.
 */
import type { Project } from 'ts-morph';
import { declarationOf } from './declaration.ts';
import { docstringOf, markdownOf, summaryOf } from './docstring.ts';
import { type Export, exportsOf } from './exports.ts';
import { entryPoints, linkTo } from './sources.ts';

interface Area {
  readonly slug: string;
  readonly title: string;
}

/** A folder is an area; what lies at the top belongs to one of them, or to the basics. */
const TOP: Readonly<Record<string, string>> = {
  platform: 'service',
  adapters: 'ports',
  port: 'ports',
  entity: 'http',
};
const WORDS: Readonly<Record<string, string>> = { http: 'HTTP', openapi: 'OpenAPI', pubsub: 'Pub/sub' };
/** What a reader meets first; the rest follows by the alphabet. */
const FIRST = ['service', 'http', 'database', 'repository', 'events', 'calls'];

function areaOf({ path, from }: Export): Area {
  const [, folder = '', file] = path.split('/');
  const name = folder.replace(/\.ts$/, '');
  const slug = from.every((module) => module.includes('/testing'))
    ? 'testing'
    : file === undefined
      ? (TOP[name] ?? 'basics')
      : name;
  const words = slug.replaceAll('-', ' ');
  return { slug, title: WORDS[slug] ?? words.charAt(0).toUpperCase() + words.slice(1) };
}

/** Path below docs/reference → text. */
export function runtimePages(project: Project): ReadonlyMap<string, string> {
  const { own, foreign } = exportsOf(project);
  const areas = new Map<string, { area: Area; exports: Export[] }>();
  for (const entry of own) {
    const area = areaOf(entry);
    const known = areas.get(area.slug);
    if (known === undefined) areas.set(area.slug, { area, exports: [entry] });
    else known.exports.push(entry);
  }
  const rank = ({ area }: { area: Area }) => FIRST.indexOf(area.slug) + (FIRST.includes(area.slug) ? 0 : 100);
  const sorted = [...areas.values()].sort(
    (a, b) => rank(a) - rank(b) || (a.area.slug < b.area.slug ? -1 : 1),
  );
  for (const { exports } of sorted) exports.sort(valuesFirst);
  const modules = [...entryPoints().keys()].map((name) => `\`${name}\``).join(', ');
  const again = [...new Set(foreign.map(({ name, of }) => `\`${name}\` of \`${of}\``))].join(', ');
  const index = `# @hometrip/runtime: reference

<!-- Generated from packages/runtime/src: change the docstrings there, then run \`npm run reference\`. -->

Everything that can be imported, by area. Without the generator: [a service in one file](../runtime-standalone.md). How it behaves:
[the runtime](../runtime.md). [Settings](settings.md), [metrics](metrics.md), [tests](../testing.md).

Modules: ${modules}. A name comes from \`@hometrip/runtime\` unless its page says otherwise. Handed on from other packages: ${again}.

${sorted.map(({ area, exports }) => listOf(area, exports)).join('\n\n')}
`;
  return new Map([
    ['runtime.md', index],
    ...sorted.map(({ area, exports }) => [`runtime/${area.slug}.md`, pageOf(area, exports)] as const),
  ]);
}

function listOf({ slug, title }: Area, exports: readonly Export[]): string {
  const anchor = anchors();
  const rows = exports.map((entry) => {
    const summary = summaryOf(docstringOf(first(entry)));
    return `- [\`${entry.name}\`](runtime/${slug}.md#${anchor(entry.name)})${summary === '' ? '' : `: ${summary}`}`;
  });
  return `## [${title}](runtime/${slug}.md)\n\n${rows.join('\n')}`;
}

/** As GitHub makes them of headings: `migrationStatus` and `MigrationStatus` are on one page. */
function anchors(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const plain = name.toLowerCase();
    const before = seen.get(plain) ?? 0;
    seen.set(plain, before + 1);
    return before === 0 ? plain : `${plain}-${before}`;
  };
}

function pageOf({ title }: Area, exports: readonly Export[]): string {
  return `# ${title}

<!-- Generated: see ../runtime.md. -->

${exports.map(sectionOf).join('\n\n')}
`;
}

function sectionOf(entry: Export): string {
  const { name, nodes, path, from } = entry;
  const doc = docstringOf(first(entry));
  const elsewhere =
    from[0] === '@hometrip/runtime' && from.length === 1
      ? ''
      : ` · ${from.map((m) => `\`${m}\``).join(', ')}`;
  return [
    `## ${name}`,
    ...(doc === undefined ? [] : [markdownOf(doc)]),
    `\`\`\`ts\n${nodes.map((node) => declarationOf(node)).join('\n')}\n\`\`\``,
    `${linkTo(path, 1)}${elsewhere}`,
  ].join('\n\n');
}

/** Functions and classes before the types that they take. */
function valuesFirst(a: Export, b: Export): number {
  const rank = (entry: Export) => (/^(Interface|TypeAlias)/.test(first(entry).getKindName()) ? 1 : 0);
  return rank(a) - rank(b) || (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1);
}

const first = ({ name, nodes }: Export) => {
  const [node] = nodes;
  if (node === undefined) throw new Error(`${name} is declared nowhere`);
  return node;
};
