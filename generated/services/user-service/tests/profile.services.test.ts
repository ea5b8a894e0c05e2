import { startService, testCrud } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { userService } from '../src/service.ts';

const service = await startService(userService, { migrations: new URL('../migrations/', import.meta.url) });
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = () => ({ displayName: 'Display name' });

testCrud(service, {
  name: 'profiles',
  path: '/api/v1/profiles',
  access: { read: 'public', create: 'user', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  required: ['displayName'],
  change: { displayName: 'Changed' },
  onePerOwner: true,
});
