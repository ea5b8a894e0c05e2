import { startService, testCrud } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { analyticsService } from '../src/service.ts';

const service = await startService(analyticsService);
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = () => ({ name: 'Name', metric: 'users', from: '2026-07-01', to: '2026-07-01' });

testCrud(service, {
  name: 'reports',
  path: '/api/v1/reports',
  access: { read: 'admin', create: 'admin', update: 'admin', delete: 'admin' },
  valid,
  required: ['name', 'metric', 'from', 'to'],
  change: { name: 'Changed' },
  filter: 'name',
});
