/** What other people's programs say of the files that are theirs to read: nginx, promtool, docker compose. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { componentKinds } from '../../../packages/cli/src/components/index.ts';
import { makeCertificate } from '../../servers/certificate.ts';
import { type Case, folderOf, type Stage } from '../case.ts';

interface Check {
  readonly program: string;
  readonly args: readonly string[];
  readonly in: string;
}

/** For `external: ${REDIS_URL}`: compose wants a value. */
const addresses = Object.fromEntries(
  componentKinds.map(({ kind }) => [`${kind.toUpperCase()}_URL`, 'https://elsewhere.example.com']),
);

/** Programs that are not installed are left out; their count says so. */
export const toolsStage: Stage = {
  name: 'tools',
  async run(workspace, cases) {
    const failures = new Map<string, string[]>();
    const counts: Record<string, number> = {};
    const missing = new Set<string>();
    makeCertificate(workspace.folder);
    const certificate = join(workspace.folder, 'cert.pem');
    const key = join(workspace.folder, 'key.pem');
    for (const one of cases) {
      const out = join(folderOf(workspace, one), 'generated');
      for (const { program, args, in: cwd } of await checksOf(out, { certificate, key })) {
        if (missing.has(program)) continue;
        const { exitCode, all, code } = await execa(program, args, {
          cwd,
          all: true,
          reject: false,
          env: addresses,
        });
        if (code === 'ENOENT') {
          missing.add(program);
          continue;
        }
        counts[`${program} runs`] = (counts[`${program} runs`] ?? 0) + 1;
        if (exitCode !== 0) add(failures, one, `${program} ${args.slice(0, 3).join(' ')}: ${all}`);
      }
    }
    for (const program of missing) counts[`${program} missing`] = 1;
    return { failures, counts };
  },
};

function add(failures: Map<string, string[]>, { id }: Case, message: string): void {
  failures.set(id, [...(failures.get(id) ?? []), message]);
}

async function checksOf(out: string, tls: { certificate: string; key: string }): Promise<Check[]> {
  const compose = { program: 'docker', args: ['compose', 'config', '--quiet'], in: out };
  const prometheus = join(out, 'prometheus');
  const rules = ['rules/alerts.yml', 'rules/recording.yml'];
  const metrics = existsSync(prometheus)
    ? [
        { program: 'promtool', args: ['check', 'config', 'prometheus.yml'], in: prometheus },
        { program: 'promtool', args: ['check', 'rules', ...rules], in: prometheus },
        { program: 'promtool', args: ['test', 'rules', 'rules.test.yml'], in: join(prometheus, 'tests') },
      ]
    : [];
  const edge = existsSync(join(out, 'nginx')) ? [await nginxCheck(out, tls)] : [];
  return [compose, ...metrics, ...edge];
}

/** On this machine: sockets and folders of its own instead of the container's, everything else untouched. */
async function nginxCheck(out: string, tls: { certificate: string; key: string }): Promise<Check> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${out}/${name};`)
    .join(' ');
  let sockets = 0;
  const config = (await readFile(join(out, 'nginx/nginx.conf'), 'utf8'))
    .replaceAll('/etc/nginx/proxy_params.conf', join(out, 'nginx/proxy_params.conf'))
    .replace('include /etc/nginx/mime.types;', '')
    .replaceAll(/\/dev\/std(out|err)/g, join(out, 'nginx.log'))
    .replace('pid /run/nginx.pid;', `pid ${out}/nginx.pid;`)
    .replace('/var/cache/nginx/responses', join(out, 'cache'))
    .replace('http {', `http { ${temporary}`)
    .replaceAll(/ssl_certificate \S+;/g, `ssl_certificate ${tls.certificate};`)
    .replaceAll(/ssl_certificate_key \S+;/g, `ssl_certificate_key ${tls.key};`)
    .replaceAll(/listen \d+/g, () => {
      sockets += 1;
      return `listen unix:${out}/${sockets}.sock`;
    });
  const file = join(out, 'nginx/here.conf');
  await writeFile(file, config);
  return { program: 'nginx', args: ['-t', '-q', '-p', out, '-c', file], in: out };
}
