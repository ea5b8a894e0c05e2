/**
 * Servers that run elsewhere, asked before anything is touched: otherwise every service that needs one would be replaced, wait
 * for it a minute, and be blamed for it.
 */
import { connect } from 'node:net';
import type { Component, Stack } from '../../model/stack.ts';
import { type Expression, resolveExpression } from '../../model/expression.ts';
import { UserError } from '../../platform/errors.ts';
import { referencedVariables } from './desired.ts';

/** How long a server has to accept a connection, in milliseconds. */
const PATIENCE_MS = 5_000;

/** @param values Of the variables that addresses refer to. @throws UserError that names every server that cannot be used, and why. */
export async function requireExternal(
  stack: Stack,
  values: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  // Whoever gets the traces may come later: nothing waits for them.
  const used = new Set(
    stack.services
      .flatMap(({ bindings }) => bindings)
      .filter(({ capability }) => capability !== 'traces')
      .map(({ component }) => component),
  );
  const found = await Promise.all(
    stack.components
      .filter(({ name, external }) => external !== undefined && used.has(name))
      .map(async (component) => ({ component, problem: await problemOf(component, values, signal) })),
  );
  signal.throwIfAborted();
  const problems = found.flatMap(({ component, problem }) =>
    problem === undefined ? [] : [{ component, problem }],
  );
  if (problems.length === 0) return;
  throw new UserError(problems.map(({ component, problem }) => `${component.name} ${problem}`).join('\n'), {
    next: [
      ...problems.map(({ component }) => `check ${whereFrom(component)}, and that the server runs`),
      'nothing was changed: run hometrip up again afterwards',
    ],
  });
}

async function problemOf(
  { kind, external }: Component,
  values: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string | undefined> {
  // Most stacks have none: what their kinds need (schemas of parameters) is not loaded for nothing.
  const { componentKinds } = await import('../../components/index.ts');
  const schemes = componentKinds.find((candidate) => candidate.kind === kind)?.schemes ?? {};
  const text = resolveExpression(external ?? '', (reference) =>
    reference.kind === 'environment' ? (values[reference.variable] ?? '') : '',
  );
  const known = Object.keys(schemes)
    .map((scheme) => `${scheme}//`)
    .join(' or ');
  // The address may carry a password: nothing but its host is shown.
  if (!URL.canParse(text)) return `has an external address that is no URL: it must begin with ${known}`;
  const { protocol, hostname, port } = new URL(text);
  if (!Object.hasOwn(schemes, protocol))
    return `has an external address with ${protocol}//: it must begin with ${known}`;
  const target = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || schemes[protocol] };
  if (target.host === '' || target.port === undefined) return undefined;
  const reason = await refusal({ host: target.host, port: target.port }, signal);
  return reason === undefined ? undefined : `cannot be reached at ${hostname}:${target.port}: ${reason}`;
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
  EHOSTUNREACH: 'no route leads to this host',
};

/** `REDIS_URL`, or the place in services.yaml. */
function whereFrom({ name, external }: Component): string {
  const variables = referencedVariables([external as Expression]).map(({ variable }) => variable);
  return variables.length > 0 ? variables.join(', ') : `components.${name}.external in services.yaml`;
}
