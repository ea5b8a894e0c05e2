import { startService, testCrud, type TestUsers } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { notificationService } from '../src/service.ts';

const service = await startService(notificationService);
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = ({ owner }: TestUsers) => ({ owner: owner.userId, kind: 'Kind', title: 'Title', body: 'Body' });

testCrud(service, {
  name: 'notifications',
  path: '/api/v1/notifications',
  access: { read: 'owner', create: 'service', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  required: ['owner', 'kind', 'title', 'body'],
  change: { kind: 'Changed' },
});
