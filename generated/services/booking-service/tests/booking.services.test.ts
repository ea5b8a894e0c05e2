import { startService, testCrud } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { bookingService } from '../src/service.ts';

const service = await startService(bookingService, {
  migrations: new URL('../migrations/', import.meta.url),
});
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = () => ({
  listingId: crypto.randomUUID(),
  checkIn: '2026-07-01',
  checkOut: '2026-07-01',
  guests: 1,
  total: 12_000,
});

testCrud(service, {
  name: 'bookings',
  path: '/api/v1/bookings',
  access: { read: 'owner', create: 'user', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  required: ['listingId', 'checkIn', 'checkOut', 'guests', 'total'],
  readOnly: { status: 'held' },
  change: { checkIn: '2026-08-15' },
});
