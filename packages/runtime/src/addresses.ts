/**
 * What addresses of servers say, without connecting to them: read here by whoever writes settings, and by the adapters
 * themselves. Loads no library.
 */
export { AddressError, checkAddress, hostOf, hostsOf, parseUrl, type AddressForm } from './address.ts';
export {
  mongodbAddress,
  mongodbSchemes,
  mongodbServer,
  type MongodbAddress,
} from './documents/mongodb/address.ts';
export { postgresAddress, postgresDatabase, postgresSchemes } from './database/address.ts';
export { amqpAddress, amqpSchemes, type AmqpAddress } from './events/amqp/address.ts';
export { isNetwork } from './gateway/network.ts';
export { smtpAddress, smtpSchemes, type SmtpAddress } from './mailer/smtp/address.ts';
export { withinServer } from './namespace.ts';
export { redisAddress, redisSchemes, type RedisAddress } from './redis/address.ts';
export { consulAddress, consulSchemes, type ConsulAddress } from './registry/consul/address.ts';
export {
  elasticsearchAddress,
  elasticsearchSchemes,
  type ElasticsearchAddress,
} from './search/elasticsearch/address.ts';
export { otlpAddress, otlpSchemes, type OtlpAddress } from './telemetry/address.ts';
