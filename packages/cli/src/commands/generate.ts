import { isAbsolute, relative, resolve } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, destructiveFlag, envFlag } from './base.ts';

export class Generate extends BaseCommand {
  static override summary = 'Write everything that services.yaml describes; your edits stay';
  static override description = [
    'Renders services, clients, docker-compose, nginx, Prometheus, Grafana and docs into generated/. Files that you edited are merged with the new rendering; what cannot be merged is left as it is and listed.',
    'Exit codes: 0 done, 1 a file is in conflict or was refused (or, with --check, differs), 2 wrong flags.',
  ].join('\n\n');
  static override examples = [
    {
      description: 'See the plan, then the text, then do it',
      command: 'hometrip generate --dry-run && hometrip generate --diff --dry-run && hometrip generate',
    },
    {
      description: 'In CI: fail if generated files differ from services.yaml',
      command: 'hometrip generate --check',
    },
    {
      description: 'Bring back a file that you deleted',
      command: 'hometrip generate --restore services/user-service/README.md',
    },
  ];
  static override flags = {
    env: envFlag,
    'dry-run': Flags.boolean({ description: 'show the plan, write nothing' }),
    diff: Flags.boolean({ description: 'show the text that changes' }),
    check: Flags.boolean({
      description: 'write nothing; exit 1 if anything would change',
      exclusive: ['dry-run'],
    }),
    restore: Flags.string({
      multiple: true,
      default: [],
      helpValue: 'PATH',
      description: 'bring back a file that you deleted',
    }),
    adopt: Flags.string({
      multiple: true,
      default: [],
      helpValue: 'PATH',
      description: 'take over a file, or a folder of them, that was there first; its text stays',
    }),
    'allow-destructive': destructiveFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Generate);
    const [{ generate }, { presentGenerate, generateJson, needsUser }] = await Promise.all([
      import('../usecases/generate.ts'),
      import('../ui/generate.ts'),
    ]);
    const dryRun = flags['dry-run'] || flags.check;
    const project = this.project(flags);
    const named = (paths: readonly string[]) => paths.map((path) => belowOutput(path, project.output));
    const result = await generate(project, {
      env: flags.env,
      dryRun,
      restore: named(flags.restore),
      adopt: named(flags.adopt),
      allowDestructive: flags['allow-destructive'],
    });
    if (flags.json) this.terminal.json(generateJson(result));
    else await presentGenerate(result, { diff: flags.diff, check: flags.check, dryRun }, this.terminal);
    const waits = needsUser(result.plan.entries).length > 0;
    if (waits || (flags.check && result.drift)) process.exitCode = 1;
  }
}

/** A path as the shell completes it, seen from the output folder; one that is relative to that folder stays as it is. */
function belowOutput(path: string, output: string): string {
  const seen = relative(output, resolve(path));
  if (seen === '') return '.';
  return seen.startsWith('..') || isAbsolute(seen) ? path : seen;
}
