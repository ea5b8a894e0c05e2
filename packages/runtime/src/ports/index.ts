export { backoff, pause } from './backoff.ts';
export { silent, type PortLogger } from './logger.ts';
export { openAdapter, type Opener } from './openers.ts';
