import type { reports } from './analytics-service.js';
import type { auth } from './auth-service.js';
import type { bookings } from './booking-service.js';
import type { ClientOptions } from './http.js';
import type { blockedDates, listings, photos } from './listing-service.js';
import type { conversations, messages } from './message-service.js';
import type { notifications } from './notification-service.js';
import type { payments } from './payment-service.js';
import type { reviews } from './review-service.js';
import type { places } from './search-service.js';
import type { preferences, profiles } from './user-service.js';

export {
  type ClientOptions,
  type FieldError,
  NoAnswerError,
  type Page,
  ProblemError,
  type RequestOptions,
  UnexpectedAnswerError,
} from './http.js';
export { type EventSocket, type EventSocketOptions, openEventSocket, type SocketEvent } from './socket.js';
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
} from './auth-service.js';
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
} from './user-service.js';
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
} from './listing-service.js';
export type {
  Booking,
  BookingPage,
  CreateBooking,
  ListBookingsQuery,
  UpdateBooking,
} from './booking-service.js';
export type {
  CreatePayment,
  ListPaymentsQuery,
  Payment,
  PaymentPage,
  UpdatePayment,
} from './payment-service.js';
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
} from './message-service.js';
export type { CreateReview, ListReviewsQuery, Review, ReviewPage, UpdateReview } from './review-service.js';
export type {
  CreateReport,
  ListReportsQuery,
  Report,
  ReportPage,
  UpdateReport,
} from './analytics-service.js';
export type {
  CreateNotification,
  ListNotificationsQuery,
  Notification,
  NotificationPage,
  UpdateNotification,
} from './notification-service.js';
export type { CreatePlace, ListPlacesQuery, Place, PlacePage, UpdatePlace } from './search-service.js';

export interface Client {
  readonly auth: ReturnType<typeof auth>;
  readonly preferences: ReturnType<typeof preferences>;
  readonly profiles: ReturnType<typeof profiles>;
  readonly blockedDates: ReturnType<typeof blockedDates>;
  readonly listings: ReturnType<typeof listings>;
  readonly photos: ReturnType<typeof photos>;
  readonly bookings: ReturnType<typeof bookings>;
  readonly payments: ReturnType<typeof payments>;
  readonly conversations: ReturnType<typeof conversations>;
  readonly messages: ReturnType<typeof messages>;
  readonly reviews: ReturnType<typeof reviews>;
  readonly reports: ReturnType<typeof reports>;
  readonly notifications: ReturnType<typeof notifications>;
  readonly places: ReturnType<typeof places>;
}

/** One object for each part of the API; nothing is sent before one of their functions is called. */
export declare function createClient(options: ClientOptions): Client;
