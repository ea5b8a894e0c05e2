import * as Args from '@oclif/core/args';
import { BaseCommand, destructiveFlag, envFlag } from './base.ts';

export class Build extends BaseCommand {
  static override summary = 'Put together what the images of the services hold: their code as bundles';
  static override description = [
    'Generates, then writes dist/ into the folder of each service: the bundle with the source map of your code, migrations, and assets. The Dockerfile beside it copies that folder onto Node and does nothing else, so that docker build needs no network. The same code gives the same bytes.',
    'All services are built unless some are named. While one of them does not compile, nothing is written.',
  ].join('\n\n');
  static override examples = [
    {
      description: 'All images, then the whole system in containers',
      command:
        'hometrip build && docker compose --file generated/docker-compose.yml up --build --detach --wait',
    },
    {
      description: 'One service, as an image of its own',
      command: 'hometrip build orders && docker build --tag orders generated/services/orders',
    },
    'hometrip build --json | jq .images',
  ];
  static override strict = false;
  static override args = {
    services: Args.string({ description: 'SERVICE, one or more (default: all)', required: false }),
  };
  static override flags = { env: envFlag, 'allow-destructive': destructiveFlag };

  async run(): Promise<void> {
    const { flags, argv } = await this.parse(Build);
    const [{ build }, { buildJson, presentBuild }, files] = await Promise.all([
      import('../usecases/build.ts'),
      import('../ui/build.ts'),
      import('../ui/generate.ts'),
    ]);
    const services = argv as string[];
    const result = await build(this.project(flags), {
      env: flags.env,
      allowDestructive: flags['allow-destructive'],
      ...(services.length > 0 && { services }),
    });
    if (flags.json)
      this.terminal.json({ ...buildJson(result), generated: files.changesJson(result.generated) });
    else {
      const summary = files.generationSummary(result.generated);
      if (summary !== '') this.terminal.err(`generated files: ${summary}`);
      presentBuild(result, this.terminal);
    }
    if (files.needsUser(result.generated.plan.entries).length === 0) return;
    // The images are built, but not from all that services.yaml says.
    if (!flags.json) files.presentOpen(result.generated, this.terminal);
    process.exitCode = 1;
  }
}
