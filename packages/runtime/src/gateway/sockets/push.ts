/** From what is kept to what goes over a socket. */
import type { Tracer } from '../../telemetry/tracer.ts';
import type { Connection } from './connection.ts';
import { pushSpan, withoutTrace } from './trace.ts';

/** @param position Of the message in its topic: where the client goes on after a cut. */
export function pushEvent(
  connection: Connection,
  message: object,
  position: string,
  tracer: Tracer | undefined,
): void {
  const span = pushSpan(message, tracer);
  connection.push(textOf(message, position), 'event');
  span?.end();
}

const texts = new WeakMap<object, string>();

/** Written once for all sockets that get the same message. */
function textOf(message: object, position: string): string {
  let text = texts.get(message);
  if (text === undefined) {
    text = JSON.stringify({ ...withoutTrace(message), position });
    texts.set(message, text);
  }
  return text;
}
