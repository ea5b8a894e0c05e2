import { join } from 'node:path';
import { BaseCommand, envFlag } from './base.ts';

export class Validate extends BaseCommand {
  static override summary = 'Check services.yaml: every finding at once, with its place and what to do';
  static override description = 'Exit codes: 0 valid (warnings do not count), 1 errors, 2 wrong flags.';
  static override examples = [
    'hometrip validate',
    'hometrip validate --env production',
    'hometrip validate --json | jq .diagnostics',
  ];
  static override flags = { env: envFlag };

  async run(): Promise<void> {
    const { flags } = await this.parse(Validate);
    const [{ validate }, { presentValidation }, { diagnosticsJson }] = await Promise.all([
      import('../usecases/validate.ts'),
      import('../ui/diagnostics.ts'),
      import('../spec/format.ts'),
    ]);
    const { specFile, state } = this.project(flags);
    const result = await validate(specFile, { env: flags.env, keep: join(state, 'valid.known') });
    if (flags.json)
      this.terminal.json({
        valid: result.valid,
        ...diagnosticsJson(result.diagnostics),
        summary: result.summary ?? null,
      });
    else presentValidation(result, this.terminal);
    if (!result.valid) process.exitCode = 1;
  }
}
