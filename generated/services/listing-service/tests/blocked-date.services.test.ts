import { startService, testCrud, type TestUsers } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { listingService } from '../src/service.ts';

const service = await startService(listingService, {
  migrations: new URL('../migrations/', import.meta.url),
});
afterAll(() => service.stop());

/** A body that the service accepts. What it refers to is created first. */
async function valid({ owner }: TestUsers) {
  const listing = await owner.post('/api/v1/listings', {
    title: 'Title',
    description: 'Description',
    propertyType: 'apartment',
    city: 'City',
    country: 'Co',
    latitude: 1,
    longitude: 1,
    maxGuests: 1,
    nightlyPrice: 12_000,
  });
  return { listingId: listing.body.id, from: '2026-07-01', to: '2026-07-01' };
}

testCrud(service, {
  name: 'blocked dates',
  path: '/api/v1/blocked-dates',
  access: { read: 'public', create: 'user', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  required: ['listingId', 'from', 'to'],
  change: { from: '2026-08-15' },
  references: { listingId: { checkedOn: ['create', 'update'] } },
});
