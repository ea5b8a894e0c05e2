/** Requests at an even rate, whether the answers come or not: who answers late does not get fewer. */
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from '../../packages/runtime/node_modules/undici/index.js';
import { PATH, tokens, TRACEPARENT } from '../runtime/launch.ts';

/** In milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** Part of the time that is not counted: who had nothing to do for a while has forgotten compiled code. */
const WARM_UP = 0.25;

/** @param rate Requests per second. */
export async function paced(origin: string, rate: number, seconds: number): Promise<Latency> {
  const agent = new Agent({ connections: 64 });
  const times = createHistogram();
  const headers = { traceparent: TRACEPARENT, authorization: `Bearer ${tokens.host}` };
  const total = rate * seconds;
  let [sent, answered] = [0, 0];
  let failure: Error | undefined;
  const ask = () => {
    const begun = performance.now();
    let status = 0;
    sent += 1;
    agent.dispatch(
      { origin, path: PATH, method: 'GET', headers },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, code) => void (status = code),
        onResponseData: () => undefined,
        onResponseEnd() {
          answered += 1;
          if (status !== 200) failure ??= new Error(`${origin} answered ${status}`);
          if (answered > total * WARM_UP)
            times.record(Math.max(1, Math.round((performance.now() - begun) * 1e3)));
        },
        onResponseError(_, error) {
          answered += 1;
          failure ??= error;
        },
      },
    );
  };
  const begun = performance.now();
  while (sent < total && failure === undefined) {
    const due = Math.min(total, ((performance.now() - begun) / 1e3) * rate);
    while (sent < due) ask();
    await pause(1);
  }
  while (answered < sent && failure === undefined) await pause(1);
  await agent.destroy();
  if (failure !== undefined) throw failure;
  return { p50: times.percentile(50) / 1e3, p99: times.percentile(99) / 1e3 };
}
