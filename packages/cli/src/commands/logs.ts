import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { UserError } from '../platform/errors.ts';
import { BaseCommand } from './base.ts';

export class Logs extends BaseCommand {
  static override summary = 'Read the logs of all services, merged by time';
  static override examples = [
    'hometrip logs -f',
    'hometrip logs booking-service payment-service --since 15m --level warn',
    "hometrip logs --grep '0198c5' --json | jq .message",
    'hometrip logs booking-service#2',
    'hometrip logs postgres supervisor',
  ];
  static override strict = false;
  static override args = {
    services: Args.string({
      description: 'SERVICE or SERVICE#REPLICA to read (default: all); also postgres, supervisor, edge',
      required: false,
    }),
  };
  static override flags = {
    follow: Flags.boolean({ char: 'f', description: 'go on with what comes, until Ctrl-C' }),
    since: Flags.string({ helpValue: 'TIME', description: '15m, 2h, 1d or an ISO 8601 time' }),
    tail: Flags.integer({
      char: 'n',
      min: 0,
      helpValue: 'N',
      description: 'at most the last N lines (default: 200 without --since)',
    }),
    grep: Flags.string({ helpValue: 'REGEXP', description: 'only lines that match' }),
    level: Flags.option({
      options: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const,
      description: 'only this level and above',
    })(),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Logs);
    const [{ logs, parseSince }, { createLogPrinter, logJson }, { endWithIdleReader }] = await Promise.all([
      import('../usecases/logs.ts'),
      import('../ui/logs.ts'),
      import('../ui/streams.ts'),
    ]);
    const since = flags.since === undefined ? undefined : parseSince(flags.since, new Date());
    if (flags.follow) endWithIdleReader();
    const print = createLogPrinter(this.terminal);
    await this.interruptible(async (signal) => {
      const lines = logs(
        this.project(flags),
        {
          services: argv as string[],
          follow: flags.follow,
          since,
          tail: flags.tail ?? (since === undefined ? 200 : undefined),
          grep: flags.grep === undefined ? undefined : regularExpression(flags.grep),
          level: flags.level,
        },
        signal,
      );
      for await (const line of lines) {
        if (flags.json) this.terminal.jsonLine(logJson(line));
        else print(line);
        // A slow reader (`| less`) must not make us collect lines in memory.
        await this.terminal.drained();
      }
    });
  }
}

function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new UserError(
      `--grep ${JSON.stringify(text)} is not a regular expression: ${(error as Error).message}`,
    );
  }
}
