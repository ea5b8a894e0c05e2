import { isAbsolute, relative } from 'node:path';

/**
 * Whether npm has installed this Node for one of these places, as bin/hometrip.js finds it there.
 *
 * @param program Path of the running Node.
 */
export function isBrought(program: string, places: readonly string[]): boolean {
  const home = /^(.+)[/\\]node_modules[/\\]node-[a-z]+-[a-z0-9]+[/\\]bin[/\\]/.exec(program)?.[1];
  if (home === undefined) return false;
  return places.some((place) => {
    const inside = relative(home, place);
    return !inside.startsWith('..') && !isAbsolute(inside);
  });
}
