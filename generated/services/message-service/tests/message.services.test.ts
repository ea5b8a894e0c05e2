import { startService, testCrud, type TestUsers } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { messageService } from '../src/service.ts';

const service = await startService(messageService);
afterAll(() => service.stop());

/** A body that the service accepts. What it refers to is created first. */
async function valid({ owner }: TestUsers) {
  const conversation = await owner.post('/api/v1/conversations', {
    participants: [owner.userId],
    subject: 'Subject',
  });
  return { conversationId: conversation.body.id, body: 'Body' };
}

testCrud(service, {
  name: 'messages',
  path: '/api/v1/messages',
  access: { read: 'owner', create: 'user', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  required: ['conversationId', 'body'],
  change: { body: 'Changed' },
  references: {
    conversationId: {
      checkedOn: ['create', 'update'],
      members: { path: '/api/v1/conversations', field: 'participants' },
    },
  },
  createdEvent: { name: 'message.created', id: 'messageId' },
});
