/** One Redis and one RabbitMQ for a whole run: test services that need a cache, limits, pub/sub or events get them there. */
import { startRabbitMq } from '../servers/rabbitmq.ts';
import { startRedis } from '../servers/redis.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const [redis, broker] = await Promise.all([startRedis(), startRabbitMq()]);
  process.env['HOMETRIP_TEST_EVENTS_URL'] = broker.url.href;
  for (const port of ['CACHE', 'PUBSUB', 'RATE_LIMIT'])
    process.env[`HOMETRIP_TEST_${port}_URL`] = redis.url.href;
  return async () => {
    await Promise.all([redis[Symbol.asyncDispose](), broker[Symbol.asyncDispose]()]);
  };
}
