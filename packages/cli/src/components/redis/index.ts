import { redisAddress, redisSchemes } from '@hometrip/runtime/addresses';
import { z } from 'zod';
import { endpoint, expr } from '../../model/expression.ts';
import type { ComponentKind } from '../component.ts';
import type { Binding, Capability } from '../../model/stack.ts';
import { componentWorkload, namespace, portNumber, tcp, versionParam } from '../shared.ts';

const params = z.strictObject({
  version: versionParam('8').describe('Version of Redis.'),
  port: portNumber(6379, 'Port on the loopback interface.'),
});
type Params = z.infer<typeof params>;

const variables: readonly (readonly [Capability, string])[] = [
  ['cache', 'CACHE_URL'],
  ['pubsub', 'PUBSUB_URL'],
  ['rate-limit', 'RATE_LIMIT_URL'],
];

/** Cache, fan-out between replicas, and shared rate limits. Its data may be lost: nothing else lives here. */
export const redis: ComponentKind<Params> = {
  kind: 'redis',
  description: 'Redis: cache, fan-out, shared limits',
  replicable: false,
  capabilities: ['cache', 'pubsub', 'rate-limit'],
  schemes: redisSchemes,
  readAddress: redisAddress,
  params,
  ports: ({ port }) => ({ redis: port }),
  workload: ({ name, params: { version, port }, limits }) =>
    componentWorkload({
      name,
      image: `redis:${version}-alpine`,
      // The configuration goes through standard input, so that the password is in no argument list.
      command: [
        'sh',
        '-c',
        'printf "requirepass %s\\nappendonly yes\\nmaxmemory-policy allkeys-lru\\nmaxmemory %s\\ndir /data\\n" "$(cat "$REDIS_PASSWORD_FILE")" "$REDIS_MAXMEMORY" | exec redis-server -',
      ],
      environment: { REDIS_MAXMEMORY: `${Math.floor((limits.memory * 0.75) / 2 ** 20)}mb` },
      secrets: [{ secret: `${name}-password`, env: 'REDIS_PASSWORD_FILE' }],
      ports: [tcp('redis', 6379, port)],
      volumes: [{ name: `${name}-data`, path: '/data' }],
      health: {
        kind: 'exec',
        command: ['sh', '-c', 'REDISCLI_AUTH="$(cat "$REDIS_PASSWORD_FILE")" redis-cli ping | grep -q PONG'],
        startPeriodSeconds: 10,
      },
      limits,
      capabilities: ['SETGID', 'SETUID', 'CHOWN'],
      scratch: ['/tmp'],
      readOnly: true,
    }),
  bindings: ({ name, stack, external, service }) =>
    service.uses.includes(name)
      ? variables.map(
          ([capability, env]): Binding => ({
            capability,
            component: name,
            env,
            url: external ?? expr`redis://${endpoint(name, 'redis')}/0`,
            secret: external === undefined ? `${name}-password` : undefined,
            ...(external !== undefined && { settings: namespace(env, stack) }),
          }),
        )
      : [],
  metrics: () => [],
  console: () => undefined,
  secrets: ({ name }) => [{ name: `${name}-password`, kind: 'password', description: 'Clients of Redis.' }],
  monitoring: () => ({ alerts: [], panels: [] }),
};
