import { startService, testCrud } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { paymentService } from '../src/service.ts';

const service = await startService(paymentService, {
  migrations: new URL('../migrations/', import.meta.url),
});
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = () => ({ bookingId: crypto.randomUUID(), amount: 12_000 });

testCrud(service, {
  name: 'payments',
  path: '/api/v1/payments',
  access: { read: 'owner', create: 'user', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  required: ['bookingId', 'amount'],
  readOnly: { status: 'pending' },
  change: { amount: 15_000 },
});
