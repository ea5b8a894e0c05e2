import type { AdminOutcome } from '../usecases/admin.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

/** What came of `hometrip admin`. */
export function presentAdmins(
  action: 'grant' | 'revoke' | 'list',
  outcome: AdminOutcome,
  terminal: Terminal,
): void {
  if ('admins' in outcome) presentList(outcome.admins, terminal);
  else presentChange(action, outcome, terminal);
}

type Listed = Extract<AdminOutcome, { admins: unknown }>['admins'];
type Changed = Extract<AdminOutcome, { changed: unknown }>;

function presentList(admins: Listed, terminal: Terminal): void {
  if (admins.length === 0) {
    terminal.out('no account is an admin: hometrip admin grant EMAIL');
    return;
  }
  const rows = admins.map(({ email, displayName, suspended }) => [
    email,
    displayName,
    suspended ? 'suspended' : '',
  ]);
  const columns = [{ title: 'EMAIL' }, { title: 'NAME', flexible: true }, { title: '' }];
  terminal.out(
    table(columns, rows, { columns: terminal.columns, header: (text) => terminal.style('dim', text) }),
  );
}

function presentChange(action: string, { changed, account }: Changed, terminal: Terminal): void {
  if (action === 'grant' && !changed) terminal.out(`${account.email} is an admin already`);
  else if (action === 'grant') {
    terminal.out(`${account.email} is an admin now`);
    terminal.out(
      'Signed-in clients have the role from their next refresh; their access tokens of before were revoked.',
    );
    if (account.suspended) terminal.out('The account is suspended: an admin has to lift that first.');
  } else if (!changed) terminal.out(`${account.email} is not an admin`);
  else terminal.out(`${account.email} is not an admin any more; the access tokens of before were revoked`);
}
