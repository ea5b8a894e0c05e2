/** The rendered files, judged by the programs that will read them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from './compose/index.ts';
import { hometripStack, rendered } from './hometrip.fixture.ts';
import { componentsRenderer } from './components/index.ts';
import { onThisMachine } from '../components/nginx/on-this-machine.fixture.ts';
import { scripts } from './scripts/index.ts';

const out = mkdtempSync(join(tmpdir(), 'hometrip-tools-'));
const stack = await hometripStack();

beforeAll(async () => {
  for (const { path, content, mode } of (
    await rendered(stack, compose, componentsRenderer, scripts)
  ).values()) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), content, { mode: mode ?? 0o644 });
  }
});
afterAll(() => rmSync(out, { recursive: true }));

const run = (program: string, args: string[], options: object = {}) =>
  execa(program, args, { cwd: out, all: true, reject: false, ...options });

describe('docker compose', () => {
  it('accepts docker-compose.yml as it is', async () => {
    const { exitCode, all } = await run('docker', ['compose', 'config', '--format', 'json'], { all: false });
    expect(exitCode, String(all)).toBe(0);
  });

  it('reads our dollar signs as text', async () => {
    const { stdout } = await run('docker', ['compose', 'config', '--format', 'json'], { all: false });
    const { services } = JSON.parse(String(stdout)) as { services: Record<string, { command?: string[] }> };
    // `config` doubles them again, because what it prints is a compose file.
    expect(services['redis']?.command?.at(-1)).toContain('cat "$$REDIS_PASSWORD_FILE"');
  });
});

describe('promtool', () => {
  it('accepts the configuration', async () => {
    const { exitCode, all } = await run('promtool', ['check', 'config', 'prometheus/prometheus.yml']);
    expect(exitCode, all).toBe(0);
  });

  it('accepts the rules', async () => {
    const { exitCode, all } = await run('promtool', [
      'check',
      'rules',
      'prometheus/rules/alerts.yml',
      'prometheus/rules/recording.yml',
    ]);
    expect(exitCode, all).toBe(0);
  });

  it('passes the tests of the rules', async () => {
    const { exitCode, all } = await run('promtool', ['test', 'rules', 'rules.test.yml'], {
      cwd: join(out, 'prometheus/tests'),
    });
    expect(exitCode, all).toBe(0);
  });

  it('fails the tests of the rules when an alert is weakened', async () => {
    const alerts = join(out, 'prometheus/rules/alerts.yml');
    const original =
      (await rendered(stack, componentsRenderer)).get('prometheus/rules/alerts.yml')?.content ?? '';
    writeFileSync(alerts, original.replace('> 0.0144', '> 0.9'));
    const { exitCode } = await run('promtool', ['test', 'rules', 'rules.test.yml'], {
      cwd: join(out, 'prometheus/tests'),
    });
    writeFileSync(alerts, original);
    expect(exitCode).not.toBe(0);
  });
});

describe('nginx', () => {
  it('accepts nginx.conf', async () => {
    const config = (await rendered(stack, componentsRenderer)).get('nginx/nginx.conf')?.content ?? '';
    const here = onThisMachine(config, out);
    writeFileSync(join(out, 'nginx/here.conf'), here);
    const { exitCode, all } = await run('nginx', ['-t', '-p', out, '-c', join(out, 'nginx/here.conf')]);
    expect(exitCode, all).toBe(0);
  });
});

describe('shellcheck', () => {
  it('finds nothing in the scripts', async () => {
    const { exitCode, all } = await run('shellcheck', [
      'scripts/backup.sh',
      'scripts/generate-services.sh',
      'scripts/init-postgres.sh',
      'scripts/migrate.sh',
    ]);
    expect(exitCode, all).toBe(0);
  });
});
