/**
 * Servers that run elsewhere, asked before anything is touched: otherwise every service that needs one would be replaced, wait
 * for it a minute, and be blamed for it.
 */
import { connect } from 'node:net';
import { withinServer } from '@hometrip/runtime/namespace';
import { capabilities, storesSql } from '../../model/capabilities.ts';
import type { Expression } from '../../model/expression.ts';
import type { Stack } from '../../model/stack.ts';
import { UserError } from '../../platform/errors.ts';
import { resolveAddress, whereFrom } from './external-address.ts';

/** How long a server has to accept a connection, in milliseconds. */
const PATIENCE_MS = 5_000;

/** One address of services.yaml. */
interface Target {
  /** Whose it is, for people. */
  readonly what: string;
  readonly kind: string;
  /** `components.postgres.external` */
  readonly key: string;
  readonly address: Expression;
  /** The server, where hometrip makes databases; or one database, which is used as it is. */
  readonly role: 'server' | 'own';
  /** Where the user writes the password that the address leaves out. */
  readonly secret?: string | undefined;
}

/** What is known of a password that its owner writes into a file; undefined: not yet written, which is told by others. */
export type GivenSecret = (name: string) => string | undefined;

/** @param values Of the variables that addresses refer to. @throws UserError that names every server that cannot be used, and why. */
export async function requireExternal(
  stack: Stack,
  values: Readonly<Record<string, string>>,
  givenSecret: GivenSecret,
  signal: AbortSignal,
): Promise<void> {
  const targets = targetsOf(stack);
  const found = await Promise.all(
    targets.map(async (target) => ({
      target,
      problem: await problemOf(target, { system: stack.name, values, givenSecret }, signal),
    })),
  );
  signal.throwIfAborted();
  const problems = [
    ...found.flatMap(({ target, problem }) =>
      problem === undefined ? [] : [{ text: `${target.what} ${problem}`, target }],
    ),
    ...sharedDatabases(targets, values),
  ];
  if (problems.length === 0) return;
  throw new UserError(problems.map(({ text }) => text).join('\n'), {
    next: [
      ...new Set(problems.map(({ target }) => `check ${whereFrom(target.key, target.address)}`)),
      ...new Set(
        problems.flatMap(({ target: { secret }, text }) =>
          secret !== undefined && text.includes('does not let')
            ? [`its password is in .hometrip/secrets/${secret}`]
            : [],
        ),
      ),
      'nothing was changed: run hometrip up again afterwards',
    ],
  });
}

function targetsOf(stack: Stack): readonly Target[] {
  const used = new Set(
    stack.services
      .flatMap(({ bindings }) => bindings)
      .filter(({ capability }) => capabilities[capability].whenAway !== 'ignore')
      .map(({ component }) => component),
  );
  return stack.components.flatMap(({ name, kind, external, addresses }): Target[] => {
    const onServer =
      used.has(name) &&
      (stack.databases.every(({ component }) => component !== name) ||
        stack.databases.some(({ component, place }) => component === name && place === 'server'));
    return [
      ...(external === undefined || !onServer
        ? []
        : [
            {
              what: name,
              kind,
              key: `components.${name}.external`,
              address: external,
              role: 'server' as const,
              secret: givenSecretOf(stack, name),
            },
          ]),
      ...Object.entries(addresses).map(([service, address]) => ({
        what: `the database of ${service}`,
        kind,
        key: `components.${name}.addresses.${service}`,
        address,
        role: 'own' as const,
      })),
    ];
  });
}

/** Mail: its address never carries the password. */
const givenSecretOf = (stack: Stack, component: string): string | undefined =>
  stack.services
    .flatMap(({ bindings }) => bindings)
    .find(
      (binding) =>
        binding.component === component &&
        stack.secrets.some(({ name, kind }) => name === binding.secret && kind === 'given'),
    )?.secret;

/** Two variables may have one value. */
function sharedDatabases(
  targets: readonly Target[],
  values: Readonly<Record<string, string>>,
): { text: string; target: Target }[] {
  const databases = targets.flatMap((target) => {
    const text = resolveAddress(target.address, values);
    if (target.role !== 'own' || !URL.canParse(text)) return [];
    const { hostname, port, pathname } = new URL(text);
    return [{ target, place: `${target.kind} ${hostname}:${port} ${pathname}` }];
  });
  return [...Map.groupBy(databases, ({ place }) => place).values()].flatMap((same) => {
    const [first, second] = same;
    if (first === undefined || second === undefined) return [];
    return [
      {
        text: `${first.target.what} is also ${second.target.what}: each service needs one of its own`,
        target: second.target,
      },
    ];
  });
}

async function problemOf(
  { kind, address, role, secret }: Target,
  known: { system: string; values: Readonly<Record<string, string>>; givenSecret: GivenSecret },
  signal: AbortSignal,
): Promise<string | undefined> {
  // Most stacks have none: what their kinds need (schemas of parameters) is not loaded for nothing.
  const { componentKinds } = await import('../../components/index.ts');
  const its = componentKinds.find((candidate) => candidate.kind === kind);
  const schemes = its?.schemes ?? {};
  const text = resolveAddress(address, known.values);
  const begins = Object.keys(schemes)
    .map((scheme) => `${scheme}//`)
    .join(' or ');
  // The address may carry a password: nothing but its host is shown.
  if (!URL.canParse(text)) return `has an external address that is not a URL: it must begin with ${begins}`;
  const { protocol, hostname, port } = new URL(text);
  if (!Object.hasOwn(schemes, protocol))
    return `has an external address with ${protocol}//: it must begin with ${begins}`;
  const target = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || schemes[protocol] };
  if (target.host === '') return undefined;
  // DNS knows the servers behind some addresses, and others name several of them.
  if (target.port !== undefined && !target.host.includes(',')) {
    const reason = await refusal({ host: target.host, port: target.port }, signal);
    if (reason !== undefined) return `cannot be reached at ${hostname}:${target.port}: ${reason}`;
  }
  if (its !== undefined && storesSql(its)) return await postgresProblem(new URL(text), role);
  const url = new URL(text);
  if (secret !== undefined) {
    const password = known.givenSecret(secret);
    if (password === undefined) return undefined;
    url.password = encodeURIComponent(password);
  }
  return await loginProblem(role === 'server' ? (withinServer(url, known.system) ?? url) : url);
}

/** Whether a service would be let in, by the code that it uses itself. */
async function loginProblem(url: URL): Promise<string | undefined> {
  const { logIn, LoginRefusedError } = await import('@hometrip/runtime/login');
  try {
    await logIn(url, PATIENCE_MS);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof LoginRefusedError) return notLetIn(url, `at ${url.host}`);
    return `cannot be used at ${url.host}: ${message}`;
  }
}

const notLetIn = ({ username }: URL, at: string): string =>
  `does not let ${username === '' ? 'a user without a name' : decodeURIComponent(username)} in ${at}: the password is wrong, or missing`;

/** Whether its user is let in, and may do what there is to do. */
async function postgresProblem(url: URL, role: Target['role']): Promise<string | undefined> {
  const { adminClient, missingRights } = await import('./external-databases.ts');
  const client = adminClient(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return role === 'server' ? await missingRights(client) : undefined;
  } catch (error) {
    return explainLogin(error as Error & { code?: string }, url);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function explainLogin({ code, message }: Error & { code?: string }, url: URL): string {
  const user = decodeURIComponent(url.username);
  const at = `at ${url.hostname}:${url.port || 5432}`;
  if (code === '28P01' || /password/i.test(message)) return notLetIn(url, at);
  if (code === '28000') return `does not let ${user} in ${at}: ${message}`;
  if (code === '3D000') return `has no database ${decodeURIComponent(url.pathname.slice(1))} ${at}`;
  return `cannot be used ${at}: ${message}`;
}

/** Why nobody takes a connection there; undefined when somebody does. */
function refusal(target: { host: string; port: number }, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ ...target, signal });
    const end = (reason: string | undefined) => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(PATIENCE_MS, () => end(`no answer within ${PATIENCE_MS / 1000} s`));
    socket.once('connect', () => end(undefined));
    socket.once('error', (error: NodeJS.ErrnoException) => end(reasons[error.code ?? ''] ?? error.message));
  });
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  EHOSTUNREACH: 'no route leads to this host',
  ENETUNREACH: 'no route leads to this host',
};
