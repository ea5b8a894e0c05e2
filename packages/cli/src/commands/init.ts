import { resolve } from 'node:path';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from './base.ts';

export class Init extends BaseCommand {
  static override summary = 'Make a new project: services.yaml, package.json, and all that follows from them';
  static override description = [
    'Writes a small system to start from (a gateway, two services that talk by an event, a database), a package.json with npm start and npm test, a README and a CI workflow, and generates the services.',
    'Nothing that is there is overwritten. A package.json and a .gitignore gain what they lack, a README stays as it is, and a folder that has a services.yaml is refused.',
  ].join('\n\n');
  static override examples = [
    { description: 'In a new folder', command: 'hometrip init shop' },
    { description: 'In this one', command: 'hometrip init' },
    {
      description: 'A marketplace with ten services to look at',
      command: 'hometrip init --example hometrip',
    },
  ];
  static override args = {
    folder: Args.string({
      description: 'folder to make it in, which names it too; this one if none is given',
      required: false,
    }),
  };
  static override flags = {
    example: Flags.string({
      options: ['shop', 'hometrip'],
      default: 'shop',
      description: 'the system to start from',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Init);
    const [{ EXAMPLES, init }, { initJson, presentInit }] = await Promise.all([
      import('../usecases/init.ts'),
      import('../ui/init.ts'),
    ]);
    const example = EXAMPLES.find((one) => one === flags.example) ?? 'shop';
    const result = await init({ folder: resolve(flags.project ?? '.', args.folder ?? '.'), example });
    if (flags.json) this.terminal.json(initJson(result));
    else presentInit(result, process.cwd(), this.terminal);
  }
}
