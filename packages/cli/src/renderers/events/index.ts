/** The event contracts as an AsyncAPI 3 document: a channel for each event, who sends it and who receives it. */
import { z } from 'zod';
import type { PlannedFile } from '../../files/planned-file.ts';
import type { EventContract, Stack } from '../../model/stack.ts';
import type { Renderer } from '../renderer.ts';
import { json } from '../services/documents.ts';
import { chainSchema } from '../services/schema/chain.ts';
import { contractSchema } from '../services/schema/field-schema.ts';

export const eventsRenderer: Renderer = {
  id: 'events',
  description: 'The event contracts, as AsyncAPI',
  render: (stack) => renderEvents(stack),
};

export function renderEvents(stack: Stack): PlannedFile[] {
  if (stack.events.length === 0) return [];
  return [
    { path: 'events/asyncapi.json', content: json(asyncApi(stack)), origin: 'events', ownership: 'owned' },
  ];
}

function asyncApi({ name, events }: Stack): object {
  const entries = <T>(make: (event: EventContract) => readonly [string, T][]): Record<string, T> =>
    Object.fromEntries(events.flatMap(make));
  return {
    asyncapi: '3.0.0',
    info: {
      title: name,
      version: '1.0.0',
      description: 'What services tell each other. Every event arrives at least once.',
    },
    defaultContentType: 'application/json',
    channels: entries((event) => [
      [
        event.name,
        { address: event.name, messages: { event: { $ref: `#/components/messages/${event.name}` } } },
      ],
    ]),
    operations: entries((event) => [
      ...event.publishers.map((service): [string, object] => [
        `${service}.send.${event.name}`,
        operation('send', event, service),
      ]),
      ...event.subscribers.map((service): [string, object] => [
        `${service}.receive.${event.name}`,
        operation('receive', event, service),
      ]),
    ]),
    components: {
      messages: entries((event) => [[event.name, { name: event.name, payload: payloadSchema(event) }]]),
    },
  };
}

const operation = (action: 'send' | 'receive', event: EventContract, service: string): object => ({
  action,
  channel: { $ref: `#/channels/${event.name}` },
  tags: [{ name: service }],
});

function payloadSchema({ fields }: EventContract): object {
  const shape = Object.fromEntries(fields.map((field) => [field.name, chainSchema(contractSchema(field))]));
  const { $schema: _, ...schema } = z.toJSONSchema(z.object(shape), { io: 'input' });
  return schema;
}
