import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // One PostgreSQL for the run, unless HOMETRIP_TEST_DATABASE_URL names a server.
    globalSetup: ['@hometrip/cli/vitest'],
    // Limits for what hangs: machines that run tests are often busy with other things.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
