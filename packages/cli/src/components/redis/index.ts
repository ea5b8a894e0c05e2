import { redisAddress, redisSchemes } from '@hometrip/runtime/addresses';
import { endpoint, expr } from '../../model/expression.ts';
import { defineComponent } from '../define.ts';
import { portNumber, tcp } from '../shared.ts';

/** Cache, fan-out between replicas, and shared rate limits. Its data may be lost: nothing else lives here. */
export const redis = defineComponent({
  kind: 'redis',
  description: 'Redis: cache, fan-out, shared limits',
  version: { default: '8', of: 'Version of Redis.' },
  params: { port: portNumber(6379, 'Port on the loopback interface.') },
  capabilities: ['cache', 'pubsub', 'rate-limit'],
  schemes: redisSchemes,
  readAddress: redisAddress,
  listens: ({ port }) => [tcp('redis', 6379, port)],
  data: '/data',
  runs: ({ name, params: { version }, limits }) => ({
    image: `redis:${version}-alpine`,
    // The configuration goes through standard input, so that the password is in no argument list.
    command: [
      'sh',
      '-c',
      'printf "requirepass %s\\nappendonly yes\\nmaxmemory-policy allkeys-lru\\nmaxmemory %s\\ndir /data\\n" "$(cat "$REDIS_PASSWORD_FILE")" "$REDIS_MAXMEMORY" | exec redis-server -',
    ],
    environment: { REDIS_MAXMEMORY: `${Math.floor((limits.memory * 0.75) / 2 ** 20)}mb` },
    secrets: [{ secret: `${name}-password`, env: 'REDIS_PASSWORD_FILE' }],
    health: {
      kind: 'exec',
      command: ['sh', '-c', 'REDISCLI_AUTH="$(cat "$REDIS_PASSWORD_FILE")" redis-cli ping | grep -q PONG'],
      startPeriodSeconds: 10,
    },
    capabilities: ['SETGID', 'SETUID', 'CHOWN'],
    scratch: ['/tmp'],
    readOnly: true,
  }),
  connect: ({ name }) => ({
    url: expr`redis://${endpoint(name, 'redis')}/0`,
    secret: `${name}-password`,
  }),
  elsewhere: ({ stack }) => ({ namespace: stack }),
  secrets: ({ name }) => [{ name: `${name}-password`, kind: 'password', description: 'Clients of Redis.' }],
});
