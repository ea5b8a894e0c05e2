import { type ClientOptions, createSend } from './http.ts';
import { auth } from './auth-service.ts';
import { preferences, profiles } from './user-service.ts';
import { blockedDates, listings, photos } from './listing-service.ts';
import { bookings } from './booking-service.ts';
import { payments } from './payment-service.ts';
import { conversations, messages } from './message-service.ts';
import { reviews } from './review-service.ts';
import { reports } from './analytics-service.ts';
import { notifications } from './notification-service.ts';
import { places } from './search-service.ts';

export {
  type ClientOptions,
  type FieldError,
  NoAnswerError,
  type Page,
  ProblemError,
  type RequestOptions,
  UnexpectedAnswerError,
} from './http.ts';
export { type EventSocket, type EventSocketOptions, openEventSocket, type SocketEvent } from './socket.ts';
export type {
  Account,
  AccountList,
  AccountRole,
  Credentials,
  FindAccountsQuery,
  Jwks,
  ManagedAccount,
  PasswordChange,
  Refresh,
  Registration,
  RoleChange,
  Tokens,
} from './auth-service.ts';
export type {
  CreatePreference,
  CreateProfile,
  ListPreferencesQuery,
  ListProfilesQuery,
  Preference,
  PreferencePage,
  Profile,
  ProfilePage,
  UpdatePreference,
  UpdateProfile,
} from './user-service.ts';
export type {
  BlockedDate,
  BlockedDatePage,
  CreateBlockedDate,
  CreateListing,
  CreatePhoto,
  ListBlockedDatesQuery,
  ListListingsQuery,
  ListPhotosQuery,
  Listing,
  ListingPage,
  Photo,
  PhotoPage,
  UpdateBlockedDate,
  UpdateListing,
  UpdatePhoto,
} from './listing-service.ts';
export type {
  Booking,
  BookingPage,
  CreateBooking,
  ListBookingsQuery,
  UpdateBooking,
} from './booking-service.ts';
export type {
  CreatePayment,
  ListPaymentsQuery,
  Payment,
  PaymentPage,
  UpdatePayment,
} from './payment-service.ts';
export type {
  Conversation,
  ConversationPage,
  CreateConversation,
  CreateMessage,
  ListConversationsQuery,
  ListMessagesQuery,
  Message,
  MessagePage,
  UpdateConversation,
  UpdateMessage,
} from './message-service.ts';
export type { CreateReview, ListReviewsQuery, Review, ReviewPage, UpdateReview } from './review-service.ts';
export type {
  CreateReport,
  ListReportsQuery,
  Report,
  ReportPage,
  UpdateReport,
} from './analytics-service.ts';
export type {
  CreateNotification,
  ListNotificationsQuery,
  Notification,
  NotificationPage,
  UpdateNotification,
} from './notification-service.ts';
export type { CreatePlace, ListPlacesQuery, Place, PlacePage, UpdatePlace } from './search-service.ts';

export type Client = ReturnType<typeof createClient>;

/** One object for each part of the API; nothing is sent before one of their functions is called. */
export function createClient(options: ClientOptions) {
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
