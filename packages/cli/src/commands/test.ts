import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type { Terminal } from '../ui/terminal.ts';
import { BaseCommand } from './base.ts';

export class Test extends BaseCommand {
  static override summary = 'Run the tests of services, generated and written by hand';
  static override description = [
    'Runs Vitest, the one of the project, over the tests of these services, or over all that its vitest.config names. Tests that need PostgreSQL share an embedded one, which is started for the run; HOMETRIP_TEST_DATABASE_URL names another. No stack has to be up.',
    'What follows -- is for Vitest as it is.',
    'Exit codes are those of Vitest: 0 all passed, 1 a test failed or none was found.',
  ].join('\n\n');
  static override examples = [
    'hometrip test',
    'hometrip test booking-service --watch',
    'hometrip test booking-service openapi.test.ts',
    "hometrip test booking-service -- -t 'are created' --coverage",
  ];
  static override strict = false;
  static override args = {
    wanted: Args.string({
      description: 'services (default: all), and parts of paths of test files, which have a slash or a dot',
      required: false,
    }),
  };
  static override flags = {
    watch: Flags.boolean({ char: 'w', description: 'go on, and run again what a change concerns' }),
  };
  readonly #more: readonly string[];

  constructor(argv: readonly string[], terminal?: Terminal) {
    const end = argv.indexOf('--');
    super(end < 0 ? argv : argv.slice(0, end), terminal);
    this.#more = end < 0 ? [] : argv.slice(end + 1);
  }

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Test);
    const { test } = await import('../usecases/test.ts');
    process.exitCode = await test(this.project(flags), {
      wanted: argv as string[],
      watch: flags.watch,
      more: [...(flags.json ? ['--reporter=json'] : []), ...this.#more],
    });
  }
}
