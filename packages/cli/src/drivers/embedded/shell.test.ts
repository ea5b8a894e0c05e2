import { expect, it } from 'vitest';
import { shellOfInstances, shellOfSupervisor } from './shell.ts';

const shell = {
  PATH: '/bin',
  HOME: '/home/ada',
  TZ: 'Asia/Tokyo',
  XDG_RUNTIME_DIR: '/run/user/7',
  ...Object.fromEntries(
    [
      'PGSSLMODE',
      'PGOPTIONS',
      'PGHOST',
      'PGUSER',
      'PGPASSFILE',
      'NODE_OPTIONS',
      'NODE_ENV',
      'NODE_PATH',
      'DEBUG',
      'npm_config_registry',
      'HTTP_PROXY',
      'LD_PRELOAD',
      'AWS_SECRET_ACCESS_KEY',
    ].map((name) => [name, 'foreign']),
  ),
};

it('lets a service find programs and speak the operator’s language, and nothing more', () => {
  expect(shellOfInstances(shell)).toEqual({ PATH: '/bin', HOME: '/home/ada', TZ: 'Asia/Tokyo' });
});

it('also lets the supervisor find its folders', () => {
  expect(shellOfSupervisor(shell)).toEqual({
    PATH: '/bin',
    HOME: '/home/ada',
    TZ: 'Asia/Tokyo',
    XDG_RUNTIME_DIR: '/run/user/7',
  });
});
