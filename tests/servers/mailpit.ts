import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from './built.ts';
import { makeCertificate } from './certificate.ts';
import { freePorts, program, type ReceivedMail, type TestMailServer, USER } from './mail-server.ts';

/** Answers of its own making: `{ Recipient: 451 }` refuses every recipient for the time being. */
export type Troubles = Readonly<Partial<Record<'Authentication' | 'Sender' | 'Recipient', number>>>;

export interface TestMailpit extends TestMailServer {
  /** From now on; without any, none. */
  trouble(troubles?: Troubles): Promise<void>;
}

/** Mailpit, which keeps all mail that it gets; scripts/servers/mailpit.sh brings it. */
export async function startMailpit(): Promise<TestMailpit> {
  const binary = built('mailpit');
  const folder = await mkdtemp(join(tmpdir(), 'mailpit-'));
  makeCertificate(folder, { names: [] });
  const password = randomBytes(12).toString('hex');
  await writeFile(join(folder, 'users'), `${USER}:${password}\n`, { mode: 0o600 });
  const [port, api] = (await freePorts(2)) as [number, number];
  const server = program(
    binary,
    [
      ...['--smtp', `127.0.0.1:${port}`, '--listen', `127.0.0.1:${api}`, '--smtp-require-starttls'],
      ...['--smtp-tls-cert', join(folder, 'cert.pem'), '--smtp-tls-key', join(folder, 'key.pem')],
      ...[
        '--smtp-auth-file',
        join(folder, 'users'),
        '--smtp-allowed-recipients',
        '^[^@]*(?:[^y]|[^d]y|[^o]dy)@',
      ],
      ...['--database', join(folder, 'mails.db'), '--max', '0', '--enable-chaos'],
      ...['--smtp-disable-rdns', '--disable-version-check', '--quiet'],
    ],
    port,
  );
  const get = async (path: string): Promise<Response> => {
    const response = await fetch(`http://127.0.0.1:${api}/api/v1/${path}`);
    if (!response.ok) throw new Error(`Mailpit answers ${response.status}: ${await response.text()}`);
    return response;
  };
  const received = async (): Promise<ReceivedMail[]> => {
    interface Listed {
      ID: string;
      MessageID: string;
      To: { Address: string }[] | null;
      Cc: { Address: string }[] | null;
      Bcc: { Address: string }[] | null;
    }
    const found: ReceivedMail[] = [];
    for (let start = 0; ; start += 500) {
      const { messages } = (await (await get(`messages?limit=500&start=${start}`)).json()) as {
        messages: Listed[];
      };
      for (const { ID, MessageID, To, Cc, Bcc } of messages)
        found.push({
          messageId: MessageID,
          source: Buffer.from(await (await get(`message/${ID}/raw`)).arrayBuffer()),
          recipients: [...(To ?? []), ...(Cc ?? []), ...(Bcc ?? [])].map(({ Address }) => Address),
        });
      if (messages.length < 500) return found;
    }
  };
  const url = new URL(`smtp://${USER}@127.0.0.1:${port}`);
  url.password = password;
  await server.start();
  return {
    name: `Mailpit ${execFileSync(binary, ['version', '--no-release-check'], { encoding: 'utf8' }).split(' ')[1] ?? ''}`,
    url,
    received,
    async trouble(troubles = {}) {
      const body = Object.fromEntries(
        ['Authentication', 'Sender', 'Recipient'].map((trigger) => {
          const ErrorCode = troubles[trigger as keyof Troubles];
          return [trigger, { ErrorCode: ErrorCode ?? 451, Probability: ErrorCode === undefined ? 0 : 100 }];
        }),
      );
      await fetch(`http://127.0.0.1:${api}/api/v1/chaos`, { method: 'PUT', body: JSON.stringify(body) });
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
