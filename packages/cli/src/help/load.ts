/** The help model: as it was written beside the bundle, or from the commands themselves. */
import { readFileSync } from 'node:fs';
import type { HelpModel } from './model.ts';

/** Written with every bundle, so that help need not load all commands and what parses their flags. */
const WRITTEN = new URL('help.json', import.meta.url);

export async function loadHelp(): Promise<HelpModel> {
  if (!import.meta.url.endsWith('.ts')) return JSON.parse(readFileSync(WRITTEN, 'utf8')) as HelpModel;
  const { currentHelp } = await import('./current.ts');
  return currentHelp();
}
