import { startService, testCrud } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { listingService } from '../src/service.ts';

const service = await startService(listingService, {
  migrations: new URL('../migrations/', import.meta.url),
});
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = () => ({
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

testCrud(service, {
  name: 'listings',
  path: '/api/v1/listings',
  access: { read: 'public', create: 'user', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  required: [
    'title',
    'description',
    'propertyType',
    'city',
    'country',
    'latitude',
    'longitude',
    'maxGuests',
    'nightlyPrice',
  ],
  change: { title: 'Changed' },
  createdEvent: { name: 'listing.created', id: 'listingId' },
});
