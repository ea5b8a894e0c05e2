/** Every command, one line each. Commands import what they run only when they run, so that the list stays cheap. */
import { AddComponent, AddEntity, AddEvent, AddService } from './commands/add.ts';
import { Admin } from './commands/admin.ts';
import type { CommandClass } from './commands/base.ts';
import { Build } from './commands/build.ts';
import { Dev } from './commands/dev.ts';
import { Down } from './commands/down.ts';
import { Exec } from './commands/exec.ts';
import { Generate } from './commands/generate.ts';
import { Init } from './commands/init.ts';
import { Inspect } from './commands/inspect.ts';
import { Logs } from './commands/logs.ts';
import { Restart } from './commands/restart.ts';
import { Scale } from './commands/scale.ts';
import { Status } from './commands/status.ts';
import { Test } from './commands/test.ts';
import { Up } from './commands/up.ts';
import { Validate } from './commands/validate.ts';

export const commands: Readonly<Record<string, CommandClass>> = {
  'add component': AddComponent,
  'add entity': AddEntity,
  'add event': AddEvent,
  'add service': AddService,
  admin: Admin,
  build: Build,
  dev: Dev,
  down: Down,
  exec: Exec,
  generate: Generate,
  init: Init,
  inspect: Inspect,
  logs: Logs,
  restart: Restart,
  scale: Scale,
  status: Status,
  test: Test,
  up: Up,
  validate: Validate,
};

/** By its name, of one word or two, or another one that it has; the words behind it are its arguments. */
export function findCommand(
  words: readonly string[],
): { readonly name: string; readonly command: CommandClass; readonly argv: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const command = Object.hasOwn(commands, name)
      ? commands[name]
      : Object.values(commands).find(({ aliases }) => aliases.includes(name));
    if (command !== undefined) return { name, command, argv: words.slice(length) };
  }
  return undefined;
}
