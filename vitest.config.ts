import { defineConfig } from 'vitest/config';

/**
 * One project per layer, told apart by the file's name: `x.test.ts` needs nothing, `x.services.test.ts` starts the
 * embedded stack, `x.tools.test.ts` runs other people's programs, `x.docker.test.ts` needs a Docker engine, `x.servers.test.ts` talks to real servers,
 * those of a stable Debian and others (tests/servers/generation.ts), `x.random.test.ts` takes long and has a command of its own.
 */
const LAYERS = ['services', 'tools', 'docker', 'servers', 'random'] as const;
/** Of these servers there is one version only. */
const ONE_VERSION = ['**/documents/mongodb/**', '**/registry/consul/**', '**/mailer/**', '**/telemetry/**'];
const NEVER = ['**/node_modules/**', '**/dist/**', '**/.toolchain/**', '**/.hometrip/**'];

const layer = (
  name: (typeof LAYERS)[number],
  globalSetup: string[],
  only: { name?: string; include?: string[] } = {},
) => ({
  extends: true as const,
  test: {
    name,
    include: [`**/*.${name}.test.ts`],
    ...only,
    exclude: NEVER,
    globalSetup,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A poll that succeeds ends at once; on a busy machine servers take their time.
    expect: { poll: { timeout: 15_000 } },
  },
});

const servers = (generation: string, include?: string[]) => {
  const { test } = layer('servers', [
    './tests/setup/postgres.ts',
    './tests/setup/authority.ts',
    './tests/setup/servers-report.ts',
  ]);
  return {
    extends: true as const,
    test: {
      ...test,
      name: generation === 'stable' ? 'servers' : `servers-${generation}`,
      include: include ?? test.include,
      exclude: generation === 'stable' ? NEVER : [...NEVER, ...ONE_VERSION],
      // Java takes its time on a busy machine.
      hookTimeout: 300_000,
      env: { HOMETRIP_TEST_SERVERS_GENERATION: generation },
    },
  };
};

export default defineConfig({
  test: {
    // Two cores are what a small CI machine has; the tests start servers of their own beside that.
    maxWorkers: 2,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // A limit for what hangs, not a bar: machines that run the tests may be busy with other things.
          testTimeout: 30_000,
          include: ['**/*.test.ts'],
          exclude: [...NEVER, ...LAYERS.map((name) => `**/*.${name}.test.ts`)],
        },
      },
      layer('services', ['./tests/setup/postgres.ts']),
      layer('tools', []),
      layer('docker', []),
      layer('random', ['./tests/setup/postgres.ts']),
      servers('stable'),
      servers('newer'),
      servers('fork', ['**/redis.servers.test.ts']),
      // The services' own tests once more, on the servers that the embedded stack stands in for.
      layer('services', ['./tests/setup/postgres.ts', './tests/setup/brokers.ts'], {
        name: 'services-on-servers',
        include: [
          'generated/services/**/*.services.test.ts',
          'packages/runtime/src/example.services.test.ts',
        ],
      }),
    ],
  },
});
