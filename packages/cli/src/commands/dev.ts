import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, destructiveFlag, envFlag } from './base.ts';

export class Dev extends BaseCommand {
  static override summary = 'Serve what you save: rebuild and replace what a change concerns, at once';
  static override description = [
    'Brings the stack up where needed, with one replica of each watched service, and shows their logs. A save of a service’s code replaces that service; one of services.yaml, a template or a blueprint generates and applies what follows from it, migrations among it, as hometrip up does. What does not compile, does not start or is not valid is shown, and what was served before goes on.',
    'Ctrl-C ends it and leaves the stack as hometrip up would have it.',
    'Exit codes: 0 ended with Ctrl-C, 1 it could not begin, the stack was taken down, or the last change does not compile.',
  ].join('\n\n');
  static override examples = [
    'hometrip dev',
    'hometrip dev booking-service',
    'hometrip dev booking-service --inspect booking-service',
  ];
  static override strict = false;
  static override args = {
    services: Args.string({ description: 'services to watch (default: all)', required: false }),
  };
  static override flags = {
    inspect: Flags.string({
      helpValue: 'SERVICE',
      multiple: true,
      multipleNonGreedy: true,
      description: 'open a port for a debugger, on this machine only; it stays the same over replacements',
    }),
    env: envFlag,
    'allow-destructive': destructiveFlag,
  };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Dev);
    const startedAt = performance.now();
    const [{ dev }, { generate }, { createProgress }, ui, files] = await Promise.all([
      import('../usecases/dev/dev.ts'),
      import('../usecases/generate.ts'),
      import('../ui/progress.ts'),
      import('../ui/dev.ts'),
      import('../ui/generate.ts'),
    ]);
    const progress = createProgress(this.terminal, { json: flags.json });
    const steps = {
      generate: async (project: Parameters<typeof generate>[0], options: object) => {
        const generated = await generate(project, {
          ...options,
          allowDestructive: flags['allow-destructive'],
        });
        if (!flags.json && files.needsUser(generated.plan.entries).length > 0)
          files.presentOpen(generated, this.terminal);
        return generated;
      },
    };
    const present = ui.devPresenter(this.terminal, () => performance.now() - startedAt);
    let begun: Promise<void> | undefined;
    const outcome = await this.interruptible((signal) =>
      dev(
        this.project(flags),
        steps,
        { services: argv as string[], inspect: flags.inspect ?? [], env: flags.env, variables: process.env },
        (event) => {
          if (!ui.isLater(event)) progress.report(event);
          else if (flags.json) this.terminal.jsonLine(ui.devJson(event));
          else {
            // What draws the progress has to end before anything else is written.
            begun ??= progress.finish(event.type === 'failed' ? 'failed' : 'done');
            begun = begun.then(() => present(event));
          }
        },
        signal,
      ),
    ).finally(() => begun ?? progress.finish('failed'));
    process.exitCode = ui.presentDevOutcome(outcome, this.terminal, flags.json);
  }
}
