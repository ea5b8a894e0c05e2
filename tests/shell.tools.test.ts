import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

it.each(['hometrip', '.ci/run', 'scripts/install-tools.sh'])(
  'shellcheck has nothing to say about %s',
  (script) => {
    const result = () => execFileSync('shellcheck', [script], { cwd: root, encoding: 'utf8' });
    expect(result()).toBe('');
  },
);
