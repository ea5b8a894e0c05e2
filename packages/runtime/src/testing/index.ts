/** Services under test: in this process, with a database of their own, over real HTTP. */
export { fakeClock, type FakeClock } from './clock.ts';
export { testClient, type Requests, type TestClient, type TestResponse } from './client.ts';
export { testDatabase, type TestDatabase } from './database.ts';
export { eventProbe, type EventProbe, type ProbedEvent } from './event-probe.ts';
export {
  testCrud,
  type CrudOptions,
  type OwnReference,
  type Right,
  type TestBody,
  type TestUsers,
} from './crud/index.ts';
export { createOrFind } from './existing.ts';
export { cookiesOf, ifMatch, ifNoneMatch } from './headers.ts';
export { portOptions } from './port-options.ts';
export { spanProbe, spanTree, type SpanNode, type SpanProbe } from './span-probe.ts';
export {
  stubService,
  type ServiceStub,
  type StubAnswer,
  type StubAnswers,
  type StubRequest,
} from './stub.ts';
export type { OpenApiDocument } from './stub-contract.ts';
export { startService, type TestService, type TestServiceOptions } from './service.ts';
export type { IdentityKey, IdentityKeys } from '../auth/service-identity.ts';
export {
  createTestIssuer,
  testIdentity,
  testIdentityKeys,
  testIssuer,
  tokenFor,
  type TestIssuer,
  type TestUser,
} from './tokens.ts';
