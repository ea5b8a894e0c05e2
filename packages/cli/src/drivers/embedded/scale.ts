/**
 * What `scale` asked for outlives `down`; until services.yaml says another number than it did then: who writes a number
 * there means it.
 */
import type { Stack } from '../../model/stack.ts';
import { writeFileAtomic, type StateDir } from '../../platform/state-dir.ts';
import { readScale } from './state-files.ts';

export type Scale = Readonly<Record<string, { readonly replicas: number; readonly specified: number }>>;

export function wantedReplicas(stack: Stack, dir: StateDir): Record<string, number> {
  const scale = readScale(dir) ?? {};
  return Object.fromEntries(
    stack.services.map(({ name, replicas }) => {
      const asked = scale[name];
      return [name, asked !== undefined && asked.specified === replicas ? asked.replicas : replicas];
    }),
  );
}

export function rememberScale(stack: Stack, dir: StateDir, replicas: Readonly<Record<string, number>>): void {
  const scale: Record<string, Scale[string]> = { ...readScale(dir) };
  for (const { name, replicas: specified } of stack.services) {
    const asked = replicas[name];
    if (asked === specified) delete scale[name];
    else if (asked !== undefined) scale[name] = { replicas: asked, specified };
  }
  writeFileAtomic(dir.scale, JSON.stringify(scale));
}

/** Whoever wrote another number into services.yaml since does not want the old wish back when writing the first one again. */
export function forgetOutdatedScale(stack: Stack, dir: StateDir): void {
  const scale = readScale(dir);
  if (scale === undefined) return;
  const current = Object.entries(scale).filter(([name, { specified }]) =>
    stack.services.some((service) => service.name === name && service.replicas === specified),
  );
  if (current.length < Object.keys(scale).length)
    writeFileAtomic(dir.scale, JSON.stringify(Object.fromEntries(current)));
}
