/** Figures for docs/performance.md: printed, and with `--write` put where that document has a place for them. */
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../docs/performance.md', import.meta.url);
const write = process.argv.includes('--write');

/** @param place As in `<!-- table:place -->`. */
export function publish(place: string, text: string): void {
  console.log(`${text}\n`);
  if (!write) return;
  const [begin, end] = [`<!-- table:${place} -->`, `<!-- /table:${place} -->`];
  const before = readFileSync(file, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from === -1 || to === -1) throw new Error(`docs/performance.md has no ${begin} … ${end}`);
  writeFileSync(file, `${before.slice(0, from + begin.length)}\n${text}\n${before.slice(to)}`);
}
