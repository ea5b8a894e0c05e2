export type { RedisClient } from './connect.ts';
export { RedisConnection } from './connection.ts';
export { RedisScript } from './script.ts';
