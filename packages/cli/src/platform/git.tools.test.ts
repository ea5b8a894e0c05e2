import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isCommitted } from './git.ts';

it('finds a file in any commit of any branch, and not one that is only there or staged', async () => {
  const root = mkdtempSync(join(tmpdir(), 'hometrip-git-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: root });
  const write = (name: string) => writeFileSync(join(root, name), name);
  try {
    for (const name of ['committed', 'elsewhere', 'staged', 'loose']) write(name);
    expect(await isCommitted(join(root, 'committed'))).toBe(false);
    git('init', '-q', '-b', 'main');
    git('add', 'committed');
    git('commit', '-qm', 'one');
    git('checkout', '-qb', 'other');
    git('add', 'elsewhere');
    git('commit', '-qm', 'two');
    git('checkout', '-q', 'main');
    write('elsewhere');
    git('add', 'staged');
    const found = await Promise.all(
      ['committed', 'elsewhere', 'staged', 'loose'].map((name) => isCommitted(join(root, name))),
    );
    expect(found).toEqual([true, true, false, false]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
