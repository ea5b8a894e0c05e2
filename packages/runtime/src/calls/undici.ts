/**
 * Only what is used of undici. Its index brings fetch, caches, mocks and WebSockets along: 1 MB of source and 5 MB of
 * memory in every process.
 */
import type * as undici from 'undici';
// @ts-expect-error: it has types for its index alone.
import request from 'undici/lib/api/api-request.js';
// @ts-expect-error: as above.
import AgentPart from 'undici/lib/dispatcher/agent.js';
// @ts-expect-error: as above.
import DispatcherPart from 'undici/lib/dispatcher/dispatcher.js';
// @ts-expect-error: as above.
import PoolPart from 'undici/lib/dispatcher/pool.js';

// As its index does with all of its methods.
Object.assign((DispatcherPart as typeof undici.Dispatcher).prototype, { request });

export type { Dispatcher } from 'undici';
export type Agent = undici.Agent;
export type Pool = undici.Pool;
/** Connections to any origin. */
export const Agent = AgentPart as typeof undici.Agent;
/** Connections to one origin. */
export const Pool = PoolPart as typeof undici.Pool;
