import * as Args from '@oclif/core/args';
import { UserError } from '../platform/errors.ts';
import { BaseCommand } from './base.ts';

const actions = ['grant', 'revoke', 'list'] as const;

export class Admin extends BaseCommand {
  static override summary = 'Say who may administer accounts: the first admin comes from here';
  static override description =
    'Works on the running stack, as the operator of the machine: there is no endpoint and no password for it. The account exists already, registered as every other; a client has the role from its next refresh.';
  static override examples = [
    'hometrip admin grant ada@example.com',
    'hometrip admin revoke ada@example.com',
    'hometrip admin list',
  ];
  static override args = {
    action: Args.string({ description: 'grant, revoke or list', required: true, options: [...actions] }),
    email: Args.string({ description: 'of the account', required: false }),
  };

  async run(): Promise<void> {
    const { flags, args } = await this.parse(Admin);
    const { action, email } = args as { action: (typeof actions)[number]; email?: string };
    if ((action === 'list') !== (email === undefined))
      throw new UserError(
        action === 'list'
          ? 'list takes no e-mail address'
          : `${action} needs the e-mail address of the account`,
        { next: [`hometrip admin ${action}${action === 'list' ? '' : ' ada@example.com'}`], exitCode: 2 },
      );
    const [{ administer }, { presentAdmins }] = await Promise.all([
      import('../usecases/admin.ts'),
      import('../ui/admin.ts'),
    ]);
    const outcome = await administer(this.project(flags), email === undefined ? [action] : [action, email]);
    if (flags.json) this.terminal.json(outcome);
    else presentAdmins(action, outcome, this.terminal);
  }
}
