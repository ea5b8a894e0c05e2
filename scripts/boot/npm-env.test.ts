import { expect, it } from 'vitest';
import { withoutNpmVariables } from './npm-env.mjs';

it('drops what npm tells its scripts about itself, and keeps how packages are reached', () => {
  const env = {
    HOME: '/home/ada',
    npm_lifecycle_event: 'start',
    npm_config_prefix: '/usr',
    npm_config_local_prefix: '/checkout',
    npm_config_registry: 'https://packages.example',
    NPM_CONFIG_USERCONFIG: '/ci/npmrc',
    npm_config_https_proxy: 'http://proxy.example',
  };
  expect(Object.keys(withoutNpmVariables(env)).sort()).toEqual([
    'HOME',
    'NPM_CONFIG_USERCONFIG',
    'npm_config_https_proxy',
    'npm_config_registry',
  ]);
});
