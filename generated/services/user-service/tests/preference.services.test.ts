import { startService, testCrud } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { userService } from '../src/service.ts';

const service = await startService(userService, { migrations: new URL('../migrations/', import.meta.url) });
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = () => ({});

testCrud(service, {
  name: 'preferences',
  path: '/api/v1/preferences',
  access: { read: 'owner', create: 'user', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  change: { locale: 'Changed' },
  onePerOwner: true,
});
