/** Exim as Debian has it, in its root in the cache (scripts/servers/exim.sh): own ports, spool and mailbox. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SERVERS } from './built.ts';
import { makeCertificate } from './certificate.ts';
import { freePorts, program, type ReceivedMail, type TestMailServer, USER } from './mail-server.ts';

const ROOT = join(SERVERS, 'exim');
const CHROOT = '/usr/sbin/chroot';
const OWNER = 'Debian-exim';

const configuration = (home: string, ports: readonly [number, number], password: string) => `
primary_hostname = mail.test
spool_directory = ${home}/spool
log_file_path = ${home}/spool/%slog
pid_file_path = ${home}/spool/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${ports.join(' : ')}
tls_on_connect_ports = ${ports[1]}
tls_advertise_hosts = *
tls_certificate = ${home}/cert.pem
tls_privatekey = ${home}/key.pem
acl_smtp_rcpt = recipients
acl_smtp_data = accept
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
smtputf8_advertise_hosts = *
host_lookup =
keep_environment =

begin acl
recipients:
  deny local_parts = nobody
       message = no such user
  defer local_parts = later
       message = try again later
  accept authenticated = *
  deny message = relaying needs a password

begin routers
everything:
  driver = accept
  transport = mailbox

begin transports
mailbox:
  driver = appendfile
  directory = ${home}/mail
  maildir_format
  user = ${OWNER}
  batch_max = 100
  envelope_to_add
  return_path_add

begin retry
* * F,1d,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_advertise_condition = \${if def:tls_in_cipher}
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${USER}}}{eq{$auth3}{${password}}}}}
  server_set_id = $auth2
`;

export interface TestExim extends TestMailServer {
  /** The same with TLS from the first byte. */
  readonly tlsUrl: URL;
}

/** Besides `nobody@…`, whom it refuses, it takes nothing for `later@…`, for the time being. */
export async function startExim(): Promise<TestExim> {
  if (!existsSync(join(ROOT, 'usr/sbin/exim4')))
    throw new Error('Exim is not installed: run scripts/servers/exim.sh.');
  const folder = await mkdtemp(join(ROOT, 'var/tmp/exim-'));
  const home = `/var/tmp/${basename(folder)}`;
  makeCertificate(folder, { names: [] });
  const password = randomBytes(12).toString('hex');
  const ports = (await freePorts(2)) as unknown as [number, number];
  await Promise.all(['spool', 'mail'].map((name) => mkdir(join(folder, name))));
  // With its password in it: for root and the server, which wants root to own it.
  await writeFile(join(folder, 'exim.conf'), configuration(home, ports, password), { mode: 0o640 });
  const inRoot = (...command: string[]) => execFileSync(CHROOT, [ROOT, ...command], { encoding: 'utf8' });
  inRoot('chmod', '755', home);
  inRoot('chown', '-R', `${OWNER}:${OWNER}`, `${home}/spool`, `${home}/mail`, `${home}/key.pem`);
  inRoot('chgrp', OWNER, `${home}/exim.conf`);
  const args = [ROOT, '/usr/sbin/exim4', '-C', `${home}/exim.conf`, '-bdf', '-q1s'];
  const server = program(CHROOT, args, ports[0]);
  const address = (scheme: string, port: number): URL => {
    const url = new URL(`${scheme}://${USER}@127.0.0.1:${port}`);
    url.password = password;
    return url;
  };
  await server.start();
  return {
    name: `Exim ${/version (\S+)/.exec(inRoot('/usr/sbin/exim4', '-C', `${home}/exim.conf`, '-bV'))?.[1]}`,
    url: address('smtp', ports[0]),
    tlsUrl: address('smtps', ports[1]),
    async received({ queued = false } = {}) {
      // Before the mailbox: what is delivered meanwhile is found there.
      const waiting = queued ? await spooled(join(folder, 'spool/input')) : [];
      const names = await readdir(join(folder, 'mail/new')).catch(() => []);
      const mails = await Promise.all(
        names.map(async (name) => mailOf(await readFile(join(folder, 'mail/new', name)))),
      );
      // Killed between delivering and noting that, it delivers again what it was given once: its own id tells.
      return [...new Map([...waiting, ...mails].map((mail) => [mail.queueId, mail])).values()];
    },
    start: () => server.start(),
    stop: () => server.end('SIGTERM'),
    kill: () => server.end('SIGKILL'),
    async [Symbol.asyncDispose]() {
      await server.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function mailOf(source: Buffer): ReceivedMail & { readonly queueId: string } {
  const head =
    source
      .toString('utf8')
      .split(/\r?\n\r?\n/)[0]
      ?.replace(/\r?\n[ \t]+/g, ' ') ?? '';
  const header = (name: string) => new RegExp(`^${name}: *(.*?)\\s*$`, 'im').exec(head)?.[1] ?? '';
  return {
    messageId: header('message-id').replace(/^<|>$/g, ''),
    source,
    recipients: header('envelope-to').split(/,\s*/),
    queueId: /\sid ([\w-]+)/.exec(header('received'))?.[1] ?? '',
  };
}

/** What waits in the queue: headers in one file, each behind its length and a letter, the body in another. */
async function spooled(input: string): Promise<ReturnType<typeof mailOf>[]> {
  const names = (await readdir(input).catch(() => [])).filter((name) => name.endsWith('-H'));
  const mails = await Promise.all(
    names.map(async (name) => {
      const envelope = await readFile(join(input, name), 'utf8').catch(() => '');
      const headers = envelope.slice(envelope.indexOf('\n\n') + 2).replaceAll(/^\d{3,}[A-Z* ] /gm, '');
      return envelope === '' ? [] : [{ ...mailOf(Buffer.from(headers)), queueId: name.slice(0, -2) }];
    }),
  );
  return mails.flat();
}
