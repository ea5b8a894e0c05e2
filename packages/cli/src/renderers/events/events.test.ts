import { expect, it } from 'vitest';
import { everything } from '../services/everything.fixture.ts';
import { stackOf } from '../services/stack.fixture.ts';
import { renderEvents } from './index.ts';

interface Document {
  readonly channels: Readonly<Record<string, unknown>>;
  readonly operations: Readonly<Record<string, unknown>>;
  readonly components: { readonly messages: Readonly<Record<string, unknown>> };
}
const document = JSON.parse(renderEvents(stackOf(everything))[0]?.content ?? '') as Document;

it('has a channel for each event, and an operation for each service that sends or receives it', () => {
  expect(document.channels['story.created']).toEqual({
    address: 'story.created',
    messages: { event: { $ref: '#/components/messages/story.created' } },
  });
  expect(Object.keys(document.operations).filter((name) => name.endsWith('story.created'))).toEqual([
    'story-service.send.story.created',
    'zoo-service.receive.story.created',
  ]);
});

it('describes payloads by JSON Schema', () => {
  expect(document.components.messages['nobody-knows.it-happened']).toMatchObject({
    name: 'nobody-knows.it-happened',
    payload: {
      type: 'object',
      required: ['at', 'tags', 'state'],
      properties: {
        tags: { type: 'array', items: { type: 'string', maxLength: 10 } },
        state: { enum: ['on', 'off'] },
      },
    },
  });
});
