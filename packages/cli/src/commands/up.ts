import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, destructiveFlag, envFlag } from './base.ts';

export class Up extends BaseCommand {
  static override summary = 'Bring the stack to what services.yaml says, and wait until it is ready';
  static override description = [
    'Generates what is out of date, builds, starts PostgreSQL, migrates, and starts the services in the order of their dependencies. Only what changed is touched; a second run has nothing to do.',
    'The stack goes on in the background: hometrip down stops it. Ctrl-C stops what has not begun; the next up goes on from there.',
    'Exit codes: 0 all is ready, 1 something failed, or a generated file is in conflict with your edit, 130 interrupted.',
  ].join('\n\n');
  static override examples = ['hometrip up', 'hometrip up booking-service', 'hometrip up --dry-run'];
  static override strict = false;
  static override args = {
    services: Args.string({ description: 'only these services and what they need', required: false }),
  };
  static override flags = {
    env: envFlag,
    'dry-run': Flags.boolean({ description: 'show what would be done, do nothing' }),
    'allow-destructive': destructiveFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Up);
    const startedAt = performance.now();
    const [{ up }, { generate }, { createProgress }, { presentUp }, { presentOperations }, files] =
      await Promise.all([
        import('../usecases/up.ts'),
        import('../usecases/generate.ts'),
        import('../ui/progress.ts'),
        import('../ui/status.ts'),
        import('../ui/operations.ts'),
        import('../ui/generate.ts'),
      ]);
    const progress = createProgress(this.terminal, { json: flags.json });
    const dryRun = flags['dry-run'];
    let generated: Awaited<ReturnType<typeof generate>> | undefined;
    const steps = {
      generate: async (project: Parameters<typeof generate>[0], options: object) => {
        generated = await generate(project, {
          ...options,
          dryRun,
          allowDestructive: flags['allow-destructive'],
        });
        const summary = files.generationSummary(generated);
        if (summary !== '') progress.report({ type: 'notice', message: `generated files: ${summary}` });
        return generated;
      },
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
        scaledToZero: result.scaledToZero,
        generated: generated === undefined ? [] : files.changesJson(generated),
      });
    else if (dryRun) presentOperations(result.operations, this.terminal);
    else presentUp(result, this.terminal, performance.now() - startedAt);
    if (generated === undefined || files.needsUser(generated.plan.entries).length === 0) return;
    // The stack runs, but not with all that services.yaml says: nobody should have to find that out.
    if (!flags.json) files.presentOpen(generated, this.terminal);
    process.exitCode = 1;
  }
}
