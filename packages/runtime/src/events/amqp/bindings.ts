import type { Channel } from 'amqplib';
import type { Publisher } from './publisher.ts';
import type { Topology } from './topology.ts';

/**
 * Gives up the events that the group once asked for and asks for no more. AMQP cannot list bindings, so a queue of the
 * group remembers them in its only message. Replicas that start at once may miss what to give up: then such events
 * arrive, and are put aside as what nobody handles.
 */
export async function replaceBindings(
  channel: Channel,
  publisher: Publisher,
  topology: Topology,
  group: string,
  events: readonly string[],
): Promise<void> {
  const queue = topology.bindings(group);
  const last = await channel.get(queue);
  const before = last === false ? [] : (JSON.parse(last.content.toString()) as string[]);
  for (const event of before)
    if (!events.includes(event)) await channel.unbindQueue(topology.work(group), topology.exchange, event);
  const content = Buffer.from(JSON.stringify([...events].sort()));
  // Takes the place of the last one.
  await publisher.publish([
    {
      exchange: '',
      key: queue,
      content,
      properties: { persistent: true, mandatory: true, messageId: queue },
    },
  ]);
  if (last !== false) channel.ack(last);
}
