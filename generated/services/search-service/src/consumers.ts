import { type Consumer, on } from '@hometrip/runtime';
import { contracts } from './events.ts';

/**
 * What happens here when something happened elsewhere. Each handler runs once for each event: what it writes with `tx`
 * is committed together with the note that the event was handled. For now they log what arrives: replace that by what
 * this service has to do about it.
 */
export const consumers = (): readonly Consumer[] => [
  on(contracts, 'listing.created', async ({ listingId, owner }, { log }) => {
    log.info({ listingId, owner }, 'listing.created');
  }),
  on(contracts, 'listing.deleted', async ({ listingId }, { log }) => {
    log.info({ listingId }, 'listing.deleted');
  }),
  on(contracts, 'listing.updated', async ({ listingId, owner }, { log }) => {
    log.info({ listingId, owner }, 'listing.updated');
  }),
  on(contracts, 'review.created', async ({ reviewId, listingId, owner }, { log }) => {
    log.info({ reviewId, listingId, owner }, 'review.created');
  }),
];
