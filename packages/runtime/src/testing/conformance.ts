/**
 * What the adapters of a port must do, as suites for Vitest (testRepository wants fast-check too): call one of them in a test file, with the server of your adapter.
 * The runtime's own adapters pass the same ones.
 */
export { testCache } from '../cache/conformance.ts';
export { testDocuments } from '../documents/conformance.ts';
export { testDocumentMessages } from '../documents/messages-conformance.ts';
export { testAnswerStore } from '../idempotency/conformance.ts';
export type { StoreKind } from '../idempotency/testing/orders.ts';
export { testBusAdapter } from '../events/conformance.ts';
export { type Arrivals, type Arrived, testMailer } from '../mailer/conformance.ts';
export { testPubSub } from '../pubsub/conformance.ts';
export { testKeptTopics } from '../pubsub/kept-conformance.ts';
export { testRateLimiter } from '../rate-limit/conformance.ts';
export { type Place as RegistryPlace, type RegistryHarness, testRegistry } from '../registry/conformance.ts';
export {
  type Named,
  placeOptions,
  type Place,
  type PlaceStore,
  testRepository,
} from '../repository/conformance.ts';
export { testSearch } from '../search/conformance.ts';
