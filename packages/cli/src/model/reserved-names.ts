/** Made by `npm run reference` from the generated code (renderers/reserved-names.test.ts): do not edit. */

/** What no variable may be called. */
export const keywords: ReadonlySet<string> = new Set(
  `
  arguments await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for function if implements import in instanceof interface let new null package private protected public return
  static super switch this throw true try typeof undefined var void while with yield
  `.split(/\s+/),
);

/** Free names of files of a service in which entities have names. */
export const namesBesideEntities: ReadonlySet<string> = new Set(
  `
  AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array BigUint64Array Boolean Consumer
  DataView Date Dependencies DisposableStack DocumentTx Error EvalError FinalizationRegistry Float16Array Float32Array
  Float64Array Function IdParams Infinity Int16Array Int32Array Int8Array Intl Iterator JSON Map Math NaN Number Object
  Platform Problem Promise Proxy RangeError ReferenceError Reflect RegExp Repository Route Set SharedArrayBuffer String
  SuppressedError Symbol SyntaxError TestUsers Tx TypeError URIError URL Uint16Array Uint32Array Uint8Array
  Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly _ admin afterAll authRoutes authTasks body calls console
  consumers contracts createOrFind created crypto db decodeURI decodeURIComponent defineService documentRepository
  documents encodeURI encodeURIComponent entity escape field filters filtersOf globalThis ifMatch input inserted isAdmin
  isFinite isNaN listQuery log meta n noContent ok on output ownedBy ownedRecord owner page params parseFloat parseInt
  patchOf platform query route service sqlRepository startAuth startService testCrud tx unescape updated user valid z
  `.split(/\s+/),
);

/** Further ones of files in which the service has one. */
export const namesBesideServices: ReadonlySet<string> = new Set(
  `
  AuthPlatform AuthTables Buffer DATABASE_URL EVENTS_URL Kysely Person PubSub Readonly Record Sessions TaskOutcome
  TestClient TestService __ accessToken account act acts ada address alan answer answers appends args as asked attempt
  authOf away base beforeAll beforeEach by bystander claimsOf client code committed counted createEdge createLocalJWKSet
  createSockets defineCallee demote describe documentOf email env event expect first forwardEvents found from generation
  guess guessed guesser guesses headers home id index it jwks jwtVerify kay laptop last left line login newPassword
  newcomer note notes one operation other own password path payload person personOf phone probe protectedHeader pubsub
  randomBytes randomUUID readFileSync readSigningKeys refresh refreshToken refused register registered replicas roles
  rooms round run runTask second secret sessionId sessions settings signIn spend sql status suspend suspension task time
  tokens turn two unknown wait whom write wrong
  `.split(/\s+/),
);

/** Free names of files of the typed client. */
export const namesOfClient: ReadonlySet<string> = new Set(
  `
  AggregateError Array ArrayBuffer AsyncDisposableStack AsyncGenerator Atomics BigInt BigInt64Array BigUint64Array
  Boolean Client ClientOptions DataView Date DisposableStack Error EvalError EventSocket EventSocketOptions FieldError
  FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl
  Iterator JSON Map Math NaN NoAnswerError Number Object Page ProblemError Promise Proxy RangeError Readonly Record
  ReferenceError Reflect RegExp RequestOptions ReturnType Send Set SharedArrayBuffer SocketEvent String SuppressedError
  Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray UnexpectedAnswerError
  WeakMap WeakRef WeakSet WebAssembly body console createClient createSend decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape everyItem globalThis id isFinite isNaN next openEventSocket options parseFloat parseInt
  query segment send unescape
  `.split(/\s+/),
);
