/** The cases of wrong-specs.md. */
import { readFileSync } from 'node:fs';

export interface WrongSpec {
  readonly code: string;
  readonly title: string;
  readonly environment: string | undefined;
  readonly yaml: string;
  readonly output: string;
}

const section = /^## (HT\d{4}): (.+?)(?: \(--env (\S+)\))?\n\n```yaml\n(.*?)```\n\n```text\n(.*?)```$/gms;

export function wrongSpecs(): readonly WrongSpec[] {
  const text = readFileSync(new URL('./wrong-specs.md', import.meta.url), 'utf8');
  return Array.from(
    text.matchAll(section),
    ([, code = '', title = '', environment, yaml = '', output = '']) => ({
      code,
      title,
      environment,
      yaml,
      output: output.trimEnd(),
    }),
  );
}
