/** Examples in docs/*.md and the runtime's README are files that are tested: `<!-- example: notes.ts -->` says which one the code block below it shows. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './sources.ts';

const EXAMPLE = /(<!-- example: (\S+?)(?:#(\S+))? -->\n)```ts\n(?:[\s\S]*?\n)??```$/gm;
const docs = join(root, 'docs');

/** Documents that show examples, as they should be. An empty block is filled. */
export function documentsWithExamples(): ReadonlyMap<string, string> {
  const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));
  const files = [...pages.map((name) => join(docs, name)), join(root, 'packages/runtime/README.md')];
  return new Map(
    files.flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      return text.includes('<!-- example: ') ? [[file, withExamples(text)]] : [];
    }),
  );
}

export function withExamples(text: string): string {
  return text.replace(EXAMPLE, (_, marker: string, file: string, part?: string) => {
    const source = readFileSync(join(docs, 'examples', file), 'utf8');
    return `${marker}\`\`\`ts\n${partOf(source, file, part)}\n\`\`\``;
  });
}

/** What is between `// #region NAME` and the next `// #endregion`, without its indentation; everything when no part is asked for. */
function partOf(source: string, file: string, part: string | undefined): string {
  const whole = source.replace(/^ *\/\/ #(region|endregion).*\n/gm, '').trimEnd();
  if (part === undefined) return whole;
  const [, after] = source.split(`// #region ${part}\n`);
  const text = after?.split(/^ *\/\/ #endregion/m)[0];
  if (text === undefined) throw new Error(`docs/examples/${file} has no part ${part}`);
  const indent = Math.min(...[...text.matchAll(/^( *)\S/gm)].map((match) => match[1]?.length ?? 0));
  return text.replaceAll(new RegExp(`^ {${indent}}`, 'gm'), '').trimEnd();
}
