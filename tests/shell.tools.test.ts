import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const servers = readdirSync(`${root}/scripts/servers`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.sh'))
  .map((file) => `scripts/servers/${file}`);

it.each(['hometrip', '.ci/run', 'scripts/install-tools.sh', 'scripts/install-servers.sh', ...servers])(
  'shellcheck has nothing to say about %s',
  (script) => {
    const result = () => execFileSync('shellcheck', ['-x', script], { cwd: root, encoding: 'utf8' });
    expect(result()).toBe('');
  },
);
