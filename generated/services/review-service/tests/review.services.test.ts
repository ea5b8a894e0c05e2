import { startService, testCrud } from '@hometrip/runtime/testing';
import { afterAll } from 'vitest';
import { reviewService } from '../src/service.ts';

const service = await startService(reviewService);
afterAll(() => service.stop());

/** A body that the service accepts. */
const valid = () => ({
  bookingId: crypto.randomUUID(),
  listingId: crypto.randomUUID(),
  rating: 1,
  body: 'Body',
});

testCrud(service, {
  name: 'reviews',
  path: '/api/v1/reviews',
  access: { read: 'public', create: 'user', update: 'owner', delete: 'owner' },
  owner: 'owner',
  valid,
  required: ['bookingId', 'listingId', 'rating', 'body'],
  change: { rating: 2 },
  createdEvent: { name: 'review.created', id: 'reviewId' },
});
