import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, envFlag } from './base.ts';

export class Up extends BaseCommand {
  static override summary = 'Bring the stack to what services.yaml says, and wait until it is ready';
  static override description = [
    'Generates what is out of date, builds, starts PostgreSQL, migrates, and starts the services in the order of their dependencies. Only what changed is touched; a second run has nothing to do.',
    'The stack goes on in the background: hometrip down stops it. Ctrl-C stops what has not begun; the next up goes on from there.',
  ].join('\n\n');
  static override examples = [
    '<%= config.bin %> up',
    '<%= config.bin %> up booking-service',
    '<%= config.bin %> up --dry-run',
  ];
  static override strict = false;
  static override args = {
    services: Args.string({ description: 'only these services and what they need', required: false }),
  };
  static override flags = {
    env: envFlag,
    'dry-run': Flags.boolean({ description: 'show what would be done, do nothing' }),
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Up);
    const startedAt = performance.now();
    const [{ up }, { generate }, { createProgress }, { presentUp }, { presentOperations }] =
      await Promise.all([
        import('../usecases/up.ts'),
        import('../usecases/generate.ts'),
        import('../ui/progress.ts'),
        import('../ui/status.ts'),
        import('../ui/operations.ts'),
      ]);
    const progress = createProgress(this.terminal, { json: flags.json });
    const dryRun = flags['dry-run'];
    const steps = {
      generate: (project: Parameters<typeof generate>[0], options: object) =>
        generate(project, { ...options, dryRun }),
    };
    const services = argv as string[];
    const result = await this.interruptible((signal) =>
      up(
        this.project(flags),
        steps,
        { env: flags.env, dryRun, variables: process.env, ...(services.length > 0 ? { services } : {}) },
        progress.report,
        signal,
      ).catch(async (error: unknown) => {
        await progress.finish('failed');
        throw error;
      }),
    );
    await progress.finish();
    if (flags.json)
      this.terminal.jsonLine({
        type: 'result',
        urls: result.urls,
        instances: result.instances,
        operations: result.operations,
      });
    else if (dryRun) presentOperations(result.operations, this.terminal);
    else presentUp(result, this.terminal, performance.now() - startedAt);
  }
}
