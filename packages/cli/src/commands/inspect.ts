import { BaseCommand, envFlag } from './base.ts';

export class Inspect extends BaseCommand {
  static override summary =
    'Print the stack that services.yaml resolves to: every default, port, address and dependency';
  static override examples = [
    'hometrip inspect | less',
    "hometrip inspect | jq '.services[] | {name, port, replicas}'",
  ];
  static override flags = { env: envFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Inspect);
    const { inspect } = await import('../usecases/inspect.ts');
    const { stack } = await inspect(this.project(flags).specFile, { env: flags.env });
    this.terminal.json(stack);
  }
}
