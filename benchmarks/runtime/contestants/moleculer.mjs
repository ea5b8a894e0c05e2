/** A bare action behind the gateway service of Moleculer, in one process: no transporter. */
import { ServiceBroker } from 'moleculer';
import ApiGateway from 'moleculer-web';
import { addressOf, page } from './shared.mjs';

export async function start() {
  const broker = new ServiceBroker({ logger: false });
  broker.createService({ name: 'wishlists', actions: { list: () => page } });
  const gateway = broker.createService({
    mixins: [ApiGateway],
    settings: {
      port: 0,
      ip: '127.0.0.1',
      routes: [{ path: '/api/v1', aliases: { 'GET /wishlists': 'wishlists.list' } }],
    },
  });
  await broker.start();
  return addressOf(gateway.server);
}
