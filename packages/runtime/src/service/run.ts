/**
 * The whole main.ts of a service: `main.js` serves until it is told to stop, `main.js migrate` only migrates,
 * `main.js task NAME` runs one of its tasks, `main.js openapi` prints the document, or writes it to the file that follows.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLogger, type Logger } from '../log.ts';
import { migrate, MigrationError } from '../migrations/index.ts';
import { type Environment, readSetting, requireUrl } from '../settings.ts';
import type { AnyService } from './definition.ts';
import { documentOf } from './document.ts';
import { start } from './start.ts';
import { runTask } from './task.ts';

/**
 * Runs a service as this process, by its arguments: none to serve until SIGTERM or SIGINT, `migrate`, `task`, or `openapi`. Settings come
 * from `process.env`. Ends the process with exit code 1, and one line in the log, when it cannot start.
 */
export async function run(definition: AnyService): Promise<void> {
  const { env, argv } = process;
  const command = argv[2];
  // A reader that goes away, or a parent that dies, is no reason to stop serving.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.on('SIGHUP', () => {});

  if (command === 'openapi') {
    const text = `${JSON.stringify(documentOf(definition), null, 2)}\n`;
    const [file] = argv.slice(3);
    if (file === undefined) process.stdout.write(text);
    else {
      writeFileSync(file, text);
      // Whoever asks for a file waits for the end: what a module has begun does not hold it up.
      process.exit(0);
    }
    return;
  }
  const name = readSetting(env, 'SERVICE_NAME') ?? definition.name;
  const log = createLogger({
    service: name,
    instance: readSetting(env, 'INSTANCE_ID') ?? `${name}#1`,
    level: readSetting(env, 'LOG_LEVEL'),
    // Standard output is the task's own.
    ...(command === 'task' && { destination: process.stderr }),
  });
  try {
    if (command === 'migrate') await migrateOnly(definition, env, argv[1] ?? '.', log);
    else if (command === 'task') await task(definition, argv.slice(3), env, log);
    else if (command === undefined) await serve(definition, env, log);
    else throw new Error(`there is no command ${command}: use migrate, task, openapi, or none to serve`);
  } catch (error) {
    const { message, setting, stack } = error as Error & { setting?: string };
    // What an operator can put right needs no stack trace.
    const more = error instanceof MigrationError ? {} : setting === undefined ? { stack } : { setting };
    log.fatal(more, `${definition.name} cannot ${command === 'migrate' ? 'migrate' : 'start'}: ${message}`);
    await flushed(log);
    process.exit(1);
  }
}

async function migrateOnly(
  definition: AnyService,
  env: Environment,
  main: string,
  log: Logger,
): Promise<void> {
  const folder = definition.migrations ?? pathToFileURL(`${join(dirname(main), '..', 'migrations')}/`);
  const applied = await migrate(requireUrl(env, 'DATABASE_URL'), folder);
  log.info({ applied }, applied.length === 0 ? 'the database is up to date' : 'migrated');
}

async function task(
  definition: AnyService,
  args: readonly string[],
  env: Environment,
  log: Logger,
): Promise<void> {
  const outcome = await runTask(definition, args, { env, log, processMetrics: false });
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
  process.exitCode = outcome.ok ? 0 : 1;
}

async function serve(definition: AnyService, env: Environment, log: Logger): Promise<void> {
  process.on('uncaughtException', (error) => die(log, error));
  process.on('unhandledRejection', (error) => die(log, error));
  const starting = start(definition, { env, log });
  let asked = false;
  const stop = (signal: NodeJS.Signals): void => {
    // Whoever asks twice does not want to wait.
    if (asked) process.exit(1);
    asked = true;
    log.info({ signal }, 'asked to stop');
    // Nobody is served yet by what does not get to its end: it may end where it is.
    const patience = setTimeout(() => void end(true), START_PATIENCE_MS);
    const end = async (inTime: boolean) => {
      await flushed(log);
      process.exit(inTime ? 0 : 1);
    };
    void starting.then(
      (service) => {
        clearTimeout(patience);
        return service.stop().then(end);
      },
      // Says itself why it cannot start.
      () => undefined,
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await starting;
}

/** For a start that is under way when the process is asked to stop, in milliseconds. */
const START_PATIENCE_MS = 5_000;

/** State is unknown after an error that nobody caught: end, and let the supervisor start afresh. */
function die(log: Logger, error: unknown): void {
  log.fatal({ err: error }, 'an error was not caught');
  process.exit(1);
}

function flushed(log: Logger): Promise<void> {
  return new Promise((resolve) => log.flush(() => resolve()));
}
