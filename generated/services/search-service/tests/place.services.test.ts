import { startService, testCrud } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { searchService } from '../src/service.ts';

const service = await startService(searchService);
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = () => ({ name: 'Name', country: 'Co', latitude: 1, longitude: 1 });

testCrud(service, {
  name: 'places',
  path: '/api/v1/places',
  access: { read: 'public', create: 'admin', update: 'admin', delete: 'admin' },
  valid,
  required: ['name', 'country', 'latitude', 'longitude'],
  change: { name: 'Changed' },
  filter: 'name',
});
