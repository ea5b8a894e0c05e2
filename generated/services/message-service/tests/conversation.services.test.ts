import { startService, testCrud } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { messageService } from '../src/service.ts';

const service = await startService(messageService);
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = () => ({ participants: [crypto.randomUUID()], subject: 'Subject' });

testCrud(service, {
  name: 'conversations',
  path: '/api/v1/conversations',
  access: { read: 'owner', create: 'user', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  required: ['participants', 'subject'],
  change: { participants: [crypto.randomUUID()] },
});
