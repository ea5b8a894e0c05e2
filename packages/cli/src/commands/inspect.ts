import * as Flags from '@oclif/core/flags';
import { BaseCommand, envFlag } from './base.ts';

export class Inspect extends BaseCommand {
  static override summary =
    'Print the stack that services.yaml resolves to: every default, port, address and dependency';
  static override description =
    'With --templates: what the project’s templates/ may replace, and what it does. With --template: the text of one, to begin with.';
  static override examples = [
    'hometrip inspect | less',
    "hometrip inspect | jq '.services[] | {name, port, replicas}'",
    {
      description: 'Replace a template by one of the project’s own',
      command:
        'mkdir -p templates/service && hometrip inspect --template service/README.md.hbs > templates/service/README.md.hbs',
    },
  ];
  static override flags = {
    env: envFlag,
    templates: Flags.boolean({
      description: 'list the templates and blueprints, and whose they are',
      exclusive: ['env', 'template'],
    }),
    template: Flags.string({
      helpValue: 'PATH',
      description: 'print a template of the installation',
      exclusive: ['env'],
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Inspect);
    if (flags.template !== undefined) {
      const { stockTemplate } = await import('../usecases/templates.ts');
      this.terminal.out(stockTemplate(flags.template).replace(/\n$/, ''));
      return;
    }
    const project = this.project(flags);
    if (flags.templates) {
      const [{ replaceableTemplates }, { presentTemplates }] = await Promise.all([
        import('../usecases/templates.ts'),
        import('../ui/templates.ts'),
      ]);
      presentTemplates(replaceableTemplates(project), this.terminal, flags.json);
      return;
    }
    const { inspect } = await import('../usecases/inspect.ts');
    const { stack } = await inspect(project.specFile, { env: flags.env });
    this.terminal.json(stack);
  }
}
