/** `hometrip up` in an empty folder: every instance is ready, and each gateway answers for every entity; then `down`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { UserError } from '../../../packages/cli/src/platform/errors.ts';
import { loadStack } from '../../../packages/cli/src/usecases/load-stack.ts';
import { createProject, type TestProject } from '../../e2e/hometrip.ts';
import { freePorts } from '../../servers/ports.ts';
import type { Case, Stage } from '../case.ts';

/** More processes than this are for other tests. */
const mostInstances = 8;

export const upStage: Stage = {
  name: 'up',
  async run(_workspace, cases) {
    const failures = new Map<string, string[]>();
    let started = 0;
    for (const one of cases) {
      const system = await small(one);
      if (system === undefined) continue;
      try {
        await using project = createProject(system.text);
        started += await used(project, system.paths);
      } catch (error) {
        failures.set(one.id, [String((error as Error).stack)]);
      }
    }
    return { failures, counts: { 'instances started by up': started } };
  },
};

interface Small {
  readonly text: string;
  /** Of the entities. */
  readonly paths: readonly string[];
}

/** The system on this machine alone: one instance of each service, and nothing that is external. Undefined where that is not valid, or too much. */
async function small({ spec }: Case): Promise<Small | undefined> {
  const parts = (key: string): [string, Record<string, unknown>][] => Object.entries(spec[key] ?? {});
  const [http, https] = await freePorts(2);
  const text = stringify({
    ...spec,
    components: Object.fromEntries(
      parts('components').map(([name, { external: _, addresses: __, ...rest }]) => [
        name,
        // The edge's usual ports may be taken.
        name === 'nginx' ? { ...rest, tls: 'off', http, https } : rest,
      ]),
    ),
    ...Object.fromEntries(
      ['gateways', 'services'].map((key) => [
        key,
        Object.fromEntries(
          parts(key).map(([name, { replicas: _, autoscale: __, ...rest }]) => [
            name,
            { ...rest, replicas: 1 },
          ]),
        ),
      ]),
    ),
  });
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-small-'));
  try {
    await writeFile(join(folder, 'services.yaml'), text);
    const { stack } = await loadStack(join(folder, 'services.yaml'));
    if (
      stack.services.length > mostInstances ||
      stack.components.some(({ external }) => external !== undefined)
    )
      return undefined;
    return {
      text,
      paths: stack.services.flatMap(({ entities }) => entities.map(({ names }) => `/api/v1/${names.path}`)),
    };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function used(project: TestProject, paths: readonly string[]): Promise<number> {
  const { urls } = await project.result<{ urls: readonly { service: string; url: string }[] }>('up');
  const status = await project.hometrip('status', '--json');
  const { instances } = JSON.parse(status.stdout) as {
    instances: readonly { instance: string; state: string }[];
  };
  const unready = instances.filter(({ state }) => state !== 'ready');
  if (unready.length > 0) throw new Error(`after up: ${JSON.stringify(unready)}`);
  for (const { url } of urls) {
    for (const path of paths) {
      const reply = await fetch(`${url}${path}`);
      if (reply.status >= 500) throw new Error(`GET ${url}${path}: ${reply.status}`);
    }
  }
  return instances.length;
}
