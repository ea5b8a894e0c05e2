import { type Consumer, on } from '@hometrip/runtime';
import { contracts } from './events.ts';

/**
 * What happens here when something happened elsewhere. Each handler runs once for each event: what it writes with `tx`
 * is committed together with the note that the event was handled. For now they log what arrives: replace that by what
 * this service has to do about it.
 */
export const consumers = (): readonly Consumer[] => [
  on(contracts, 'booking.cancelled', async ({ bookingId, listingId, owner }, { log }) => {
    log.info({ bookingId, listingId, owner }, 'booking.cancelled');
  }),
  on(contracts, 'booking.confirmed', async ({ bookingId, listingId, owner }, { log }) => {
    log.info({ bookingId, listingId, owner }, 'booking.confirmed');
  }),
  on(contracts, 'message.created', async ({ messageId, conversationId, owner }, { log }) => {
    log.info({ messageId, conversationId, owner }, 'message.created');
  }),
  on(contracts, 'payment.failed', async ({ paymentId, bookingId }, { log }) => {
    log.info({ paymentId, bookingId }, 'payment.failed');
  }),
  on(contracts, 'user.registered', async ({ userId }, { log }) => {
    log.info({ userId }, 'user.registered');
  }),
];
