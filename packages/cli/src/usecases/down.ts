import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { substituteFolders } from '../model/capabilities.ts';
import type { DriverEvent } from '../drivers/driver.ts';
import type { Project } from '../platform/project.ts';
import { openStack } from './stack-context.ts';

export interface DownResult {
  /** False when nothing ran. */
  readonly wasRunning: boolean;
  readonly volumesRemoved: boolean;
  readonly durationMs: number;
}

/**
 * Stops everything, callers before what they call; also what a killed supervisor left behind. Data stays unless
 * `volumes` says otherwise: the caller has asked the user.
 */
export async function down(
  project: Pick<Project, 'root'>,
  options: { readonly volumes?: boolean },
  report: (event: DriverEvent) => void,
): Promise<DownResult> {
  const startedAt = performance.now();
  const { dir, driver } = openStack(project);
  const wasRunning = await driver.down(report);
  const volumesRemoved = options.volumes === true;
  // Passwords go with the databases that know them; logs tell about data that is gone.
  if (volumesRemoved)
    await Promise.all(
      [
        dir.postgres,
        dir.data,
        dir.secrets,
        dir.logs,
        ...substituteFolders().map((folder) => join(dir.root, folder)),
      ].map((path) => rm(path, { recursive: true, force: true })),
    );
  return { wasRunning, volumesRemoved, durationMs: Math.round(performance.now() - startedAt) };
}
