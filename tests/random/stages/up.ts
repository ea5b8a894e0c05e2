/** `hometrip up` in an empty folder: every instance is ready, and each gateway answers for every entity; then `down`. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadStack } from '../../../packages/cli/src/usecases/load-stack.ts';
import { createProject, type TestProject } from '../../e2e/hometrip.ts';
import { freePorts } from '../../servers/ports.ts';
import { type Case, folderOf, type Stage, type Workspace } from '../case.ts';

/** More processes than this are for other tests. */
const mostInstances = 8;

export const upStage: Stage = {
  name: 'up',
  async run(workspace, cases) {
    const failures = new Map<string, string[]>();
    let started = 0;
    for (const one of cases) {
      const paths = await pathsOf(workspace, one);
      if (paths === undefined) continue;
      try {
        await using project = createProject(await here(one));
        started += await used(project, paths);
      } catch (error) {
        failures.set(one.id, [String((error as Error).stack)]);
      }
    }
    return { failures, counts: { 'instances started by up': started } };
  },
};

/** Of the entities; undefined where too much would start, or something waits for servers that are not there. */
async function pathsOf(workspace: Workspace, one: Case): Promise<string[] | undefined> {
  const { stack } = await loadStack(join(folderOf(workspace, one), 'services.yaml'));
  const instances = stack.services.reduce((sum, { replicas }) => sum + replicas, 0);
  if (instances > mostInstances || stack.components.some(({ external }) => external !== undefined))
    return undefined;
  return stack.services.flatMap(({ entities }) => entities.map(({ names }) => `/api/v1/${names.path}`));
}

/** The edge's usual ports may be taken: it gets free ones. */
async function here({ spec, text }: Case): Promise<string> {
  const components = spec['components'] as Record<string, object> | undefined;
  if (components?.['nginx'] === undefined) return text;
  const [http, https] = await freePorts(2);
  return stringify({
    ...spec,
    components: { ...components, nginx: { ...components['nginx'], tls: 'off', http, https } },
  });
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
