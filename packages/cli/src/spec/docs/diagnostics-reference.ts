/** docs/reference/diagnostics.md: what each code means, why, what to do, and how it looks. */
import { codes } from '../codes.ts';
import type { WrongSpec } from '../testing/wrong-specs.ts';

const groups: Readonly<Record<string, string>> = {
  HT01: 'HT01: reading the file',
  HT02: 'HT02: keys, values and names',
  HT03: 'HT03: rules over the whole system',
};

export function diagnosticsReference(examples: readonly WrongSpec[]): string {
  const parts = [
    '# Diagnostics',
    '<!-- Generated from packages/cli/src/spec/codes.ts: change it there, then run `npm run reference`. -->',
    'What `hometrip validate` can find. Errors stop every command; warnings and infos do not. A code never changes its meaning.',
  ];
  let group = '';
  for (const [code, { severity, title, explanation, fix }] of Object.entries(codes)) {
    if (!code.startsWith(group) || group === '') {
      group = code.slice(0, 4);
      parts.push(`## ${groups[group] ?? group}`);
    }
    const example = examples.find((candidate) => candidate.code === code);
    parts.push(
      `### ${code}: ${title}`,
      `${severity === 'error' ? 'Error' : severity === 'warning' ? 'Warning' : 'Info'}. ${explanation}`,
      `**What to do:** ${fix}`,
    );
    if (example) parts.push(`\`\`\`text\n${example.output}\n\`\`\``);
  }
  return `${parts.join('\n\n')}\n`;
}
