import type { Duplex } from 'node:stream';
import type { Channel } from 'amqplib';

/**
 * What is published in this turn leaves in as few writes as possible. amqplib gives each message to the socket by itself: a
 * system call and a packet for each, a third of what publishing costs this process. The socket is no part of its documented
 * interface; should it not be found, messages are sent all the same.
 */
export function gather(channel: Channel): void {
  const { connection } = channel as { connection?: { stream?: Partial<Duplex> } };
  const stream = connection?.stream;
  if (stream?.cork === undefined || stream.uncork === undefined) return;
  stream.cork();
  // amqplib moves messages to the socket in an immediate of its own, begun after this one. Sent then, whatever happens
  // meanwhile: whoever waits for room in the socket waits for this.
  setImmediate(() => setImmediate(() => stream.uncork?.()));
}
