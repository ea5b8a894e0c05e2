import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ExternalError, UserError } from '../../../platform/errors.ts';
import { createClient } from './client.ts';
import type { Cluster, ClusterOptions } from './cluster.ts';
import { ensureCluster } from './cluster.ts';
import type { StartFailure } from './explain.ts';
import { explainStart } from './explain.ts';
import { logLines, openLog } from './log-file.ts';
import { lastPort, readPostmasterFile } from './postmaster-file.ts';
import { clusterName, isPostmasterOf, kill, orphansOf, sweepOrphans, until } from './processes.ts';
import { dataDirArgument, spawnIdentity } from './run-as.ts';
import type { RunningPostgres } from './running.ts';
import { handleFor } from './running.ts';
import { writeSettings } from './settings.ts';
import { setSuperuserPassword } from './superuser.ts';

export interface PostgresOptions extends ClusterOptions {
  /** Preferred; default: that of the last start, or else any. When it is taken another one is picked. */
  readonly port?: number;
  /** File that the server's output is appended to. */
  readonly log: string;
  /** How long starting, or recovering from a crash, may take. Default: two minutes. */
  readonly startTimeoutMs?: number;
}

const ATTEMPTS = 8;
const START_TIMEOUT_MS = 120_000;

/**
 * A running server for this data directory: the one that runs already, or a new one.
 *
 * The server leads a session of its own. Ctrl-C in the supervisor's terminal does not reach it, and a supervisor that
 * is killed leaves it serving: the next one adopts it here. It ends by `stop` alone.
 *
 * @throws UserError when the user must act, ExternalError with the last log lines when the cause is not known.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const running = (await attach(options)) ?? (await startStopped(await ensureCluster(options), options));
  if (await passwordFits(running)) return running;
  // The stack's secrets were made anew: the files are ours, so set the password that is valid now.
  await running.stop();
  const cluster = await ensureCluster(options);
  await setSuperuserPassword(cluster.binaries, cluster.dataDir, cluster.runAs, options.superuserPassword);
  return startStopped(cluster, { ...options, port: options.port ?? running.port });
}

/**
 * The server that already runs on this data directory, once it is ready; undefined when there is none. Verified: the
 * process in `postmaster.pid` is a postgres, and of this very directory.
 */
export async function attach(options: Omit<PostgresOptions, 'port'>): Promise<RunningPostgres | undefined> {
  const dataDir = await realpath(options.dataDir).catch(() => undefined);
  const owner = dataDir === undefined ? undefined : await readPostmasterFile(dataDir);
  if (dataDir === undefined || owner === undefined || !(await isPostmasterOf(owner.pid, dataDir)))
    return undefined;
  let port: number | undefined;
  await until(async () => {
    const file = await readPostmasterFile(dataDir);
    if (file?.ready === true) port = file.port;
    return file?.ready === true || !(await isPostmasterOf(owner.pid, dataDir));
  }, options.startTimeoutMs ?? START_TIMEOUT_MS);
  if (port === undefined) {
    if (!(await isPostmasterOf(owner.pid, dataDir))) return undefined;
    throw new UserError(
      `PostgreSQL (process ${owner.pid}) runs and does not become ready; its log is ${options.log}`,
      {
        where: dataDir,
        next: ['Wait if it recovers from a crash, or stop it with hometrip down'],
      },
    );
  }
  const { log, superuserPassword } = options;
  return handleFor({ pid: owner.pid, port, dataDir, log, superuserPassword, takenPorts: [] }, undefined);
}

async function startStopped(cluster: Cluster, options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDir } = cluster;
  await clearRemains(dataDir);
  await writeSettings(dataDir, cluster.runAs);
  const takenPorts: number[] = [];
  let preferred = options.port ?? (await lastPort(dataDir));
  let failure: StartFailure = 'port-taken';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = preferred ?? (await freePort());
    const outcome = await launch(cluster, options, port);
    if (typeof outcome === 'object' && 'child' in outcome) {
      const { child, pid } = outcome;
      const { log, superuserPassword } = options;
      return handleFor({ pid, port, dataDir, log, superuserPassword, takenPorts }, child);
    }
    failure = outcome;
    if (failure === 'port-taken') {
      takenPorts.push(port);
      preferred = undefined;
    } else if (failure === 'already-running') {
      const other = await attach(options);
      if (other !== undefined) return other;
      await clearRemains(dataDir);
    } else if (failure === 'orphans') await sweepOrphans(dataDir);
    else throw failure;
  }
  throw new UserError(
    `PostgreSQL did not start in ${ATTEMPTS} attempts (${failure}); its log is ${options.log}`,
    {
      where: dataDir,
      next:
        failure === 'port-taken'
          ? ['See who takes the ports of 127.0.0.1: ss -ltnp']
          : ['See which processes use the directory: fuser -v'],
    },
  );
}

/** One attempt: the ready server, or why there is none. */
async function launch(
  cluster: Cluster,
  options: PostgresOptions,
  port: number,
): Promise<{ child: ChildProcess; pid: number } | StartFailure> {
  const { dataDir, runAs, binaries } = cluster;
  const log = await openLog(options.log);
  const args = [
    '-D',
    dataDirArgument(dataDir, runAs),
    '-p',
    String(port),
    '-c',
    `cluster_name=${clusterName(dataDir)}`,
  ];
  const child = spawn(binaries.postgres, args, {
    cwd: dataDir,
    env: binaries.env,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    ...spawnIdentity(runAs),
  });
  log.close();
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = code === null ? `signal ${signal}` : `exit code ${code}`));
  child.unref();
  const isReady = async (): Promise<boolean> => {
    const file = await readPostmasterFile(dataDir);
    return file?.pid === child.pid && file?.ready === true;
  };
  let ready = false;
  await until(
    async () => {
      ready = await isReady();
      return ready || ended !== undefined;
    },
    options.startTimeoutMs ?? START_TIMEOUT_MS,
    5,
  );
  if (ready && child.pid !== undefined) return { child, pid: child.pid };
  const lines = await logLines(options.log, log.offset);
  if (ended !== undefined) return explainStart(lines, { dataDir, log: options.log }, ended);
  if (child.pid !== undefined) kill(child.pid, 'SIGQUIT');
  await until(async () => ended !== undefined, 5_000);
  return new ExternalError(`PostgreSQL was not ready in time; its log is ${options.log}`, {
    command: `postgres -D ${dataDir}`,
    lastLines: lines.slice(-12),
  });
}

/**
 * After `kill -9` of a server: its last workers, and a pid file whose number may belong to a stranger or a zombie by
 * now, before which PostgreSQL would refuse to start. Nobody calls this while a postmaster runs here; should one come
 * up at this moment, the shared memory (bound to the directory's inode) keeps a second one out.
 */
async function clearRemains(dataDir: string): Promise<void> {
  const file = await readPostmasterFile(dataDir);
  if (file === undefined) return;
  if ((await orphansOf(dataDir)).length > 0) await sweepOrphans(dataDir);
  if (!(await isPostmasterOf(file.pid, dataDir))) await rm(join(dataDir, 'postmaster.pid'), { force: true });
}

/** False when the superuser has another one: the file with it was lost, and made anew. */
export async function passwordFits(server: RunningPostgres): Promise<boolean> {
  const client = createClient({ connectionString: server.url() });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') return false;
    throw error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
