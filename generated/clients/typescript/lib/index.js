import { reports } from './analytics-service.js';
import { auth } from './auth-service.js';
import { bookings } from './booking-service.js';
import { createSend } from './http.js';
import { blockedDates, listings, photos } from './listing-service.js';
import { conversations, messages } from './message-service.js';
import { notifications } from './notification-service.js';
import { payments } from './payment-service.js';
import { reviews } from './review-service.js';
import { places } from './search-service.js';
import { preferences, profiles } from './user-service.js';

export { NoAnswerError, ProblemError, UnexpectedAnswerError } from './http.js';
export { openEventSocket } from './socket.js';

/** One object for each part of the API; nothing is sent before one of their functions is called. */
export function createClient(options) {
  const send = createSend(options);
  return {
    auth: auth(send),
    preferences: preferences(send),
    profiles: profiles(send),
    blockedDates: blockedDates(send),
    listings: listings(send),
    photos: photos(send),
    bookings: bookings(send),
    payments: payments(send),
    conversations: conversations(send),
    messages: messages(send),
    reviews: reviews(send),
    reports: reports(send),
    notifications: notifications(send),
    places: places(send),
  };
}
