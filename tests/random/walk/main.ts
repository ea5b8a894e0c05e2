/** node main.ts FOLDER CASE...: starts the services of each case in this process, and uses every entity's API. Prints a report. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startService } from '@hometrip/runtime/testing';
import type { Service } from '../../../packages/cli/src/model/stack.ts';
import { serviceVariable, storeKind } from '../../../packages/cli/src/renderers/services/views/service.ts';
import { loadStack } from '../../../packages/cli/src/usecases/load-stack.ts';
import { Log, peopleOf } from './client.ts';
import { EntityWalk } from './entity.ts';

export interface WalkReport {
  readonly requests: number;
  readonly records: number;
  readonly services: number;
  readonly failures: Readonly<Record<string, readonly string[]>>;
}

/** What a blueprint does not start without. */
const environment: Readonly<Record<string, Record<string, string>>> = {
  auth: {
    AUTH_SIGNING_KEY: randomBytes(32).toString('base64url'),
    AUTH_ISSUER: 'random',
    AUTH_AUDIENCE: 'random',
  },
};

async function walkService(folder: string, service: Service, log: Log, seed: number): Promise<void> {
  const code = join(folder, 'generated', 'services', service.name);
  const module = (await import(pathToFileURL(join(code, 'src', 'service.ts')).href)) as Record<string, never>;
  const definition = module[serviceVariable(service)];
  if (definition === undefined) throw new Error(`${service.name} has no ${serviceVariable(service)}`);
  const migrations = join(code, 'migrations');
  await using running = await startService(definition, {
    env: environment[service.blueprint.id] ?? {},
    ...(existsSync(migrations) ? { migrations: pathToFileURL(`${migrations}/`) } : {}),
  });
  const people = await peopleOf(running, log);
  const siblings = new Map<string, EntityWalk>();
  for (const [index, entity] of service.entities.entries())
    siblings.set(
      entity.name,
      new EntityWalk(entity, {
        people,
        log,
        siblings,
        sql: storeKind(service) === 'sql',
        seed: seed + index * 1000,
      }),
    );
  const all = [...siblings.values()];
  for (const walk of all) {
    await walk.refuse();
    for (const client of [people.guest, people.host, people.guest, people.admin, people.host])
      await walk.create(client);
    if (walk.rows.length === 0) throw new Error(`nobody can create a ${walk.entity.name}`);
  }
  for (const walk of all) await walk.readAll();
  for (const walk of all) await walk.listAll();
  for (const walk of all) await walk.changeAll();
  for (const walk of all) await walk.listAll();
  for (const walk of all.reverse()) await walk.deleteAll();
}

const [folder = '', ...ids] = process.argv.slice(2);
const failures: Record<string, string[]> = {};
const total = { requests: 0, records: 0, services: 0 };
for (const [index, id] of ids.entries()) {
  const { stack } = await loadStack(join(folder, id, 'services.yaml'));
  for (const service of stack.services.filter(({ kind }) => kind === 'service')) {
    const log = new Log();
    try {
      await walkService(join(folder, id), service, log, index * 100_000);
    } catch (error) {
      failures[id] = [
        ...(failures[id] ?? []),
        `${service.name}: ${String((error as Error).stack).slice(0, 2_000)}`,
      ];
    }
    total.requests += log.requests;
    total.records += log.records;
    total.services += 1;
  }
}
process.stdout.write(`\n${JSON.stringify({ ...total, failures } satisfies WalkReport)}\n`);
process.exit(0);
