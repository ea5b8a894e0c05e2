/** What a service offers to those that call it, as data with types: the generated `src/calls/<service>.ts` of a caller. */
import type { ProblemError } from '../http/problem.ts';
import type { Method } from '../http/route.ts';
import type { CallOptions, ServiceClient } from './client.ts';

/** Headers that an operation takes, as options of a call. */
export type TakenHeader = 'idempotencyKey' | 'ifMatch';

/** What goes into an operation: the parameters of its path by name, and `query`, `headers` and `body` where it takes them. */
export type OperationInput = Readonly<Record<string, unknown>>;

/** How one operation is asked for, and in its type what goes in and what comes back. */
export interface Operation<
  Input extends OperationInput = any,
  Output = unknown,
  Takes extends TakenHeader = never,
> {
  readonly method: Method;
  /** From the root, parameters in braces: `/api/v1/bookings/{id}`. */
  readonly path: string;
  /** It answers text, not JSON. */
  readonly text?: true | undefined;
  /** For the compiler alone; there is never a value. */
  readonly types?: { readonly input: Input; readonly output: Output; readonly takes: Takes } | undefined;
}

/** Declares an operation: `operation<{ readonly id: string }, Booking>('GET', '/api/v1/bookings/{id}')`. */
export const operation = <Input extends OperationInput, Output, Takes extends TakenHeader = never>(
  method: Method,
  path: string,
  options: { readonly text?: true } = {},
): Operation<Input, Output, Takes> => ({ method, path, ...options });

/** The operations of a service, by name. */
export interface Callee<
  Service extends string = string,
  Operations extends Readonly<Record<string, Operation<any, any, any>>> = Readonly<
    Record<string, Operation<any, any, any>>
  >,
> {
  /** `booking-service` */
  readonly service: Service;
  readonly operations: Operations;
}

/** Declares what a service offers to this one; listed under `calls` of a service, it types `platform.calls`. */
export const defineCallee = <
  const Service extends string,
  const Operations extends Readonly<Record<string, Operation<any, any, any>>>,
>(
  service: Service,
  operations: Operations,
): Callee<Service, Operations> => ({ service, operations });

/** What a call may say beside its input. */
export interface OperationOptions<Output>
  extends Pick<CallOptions, 'timeoutMs' | 'authorization' | 'signal' | 'headers'> {
  /**
   * What the call resolves to when the service does not answer, answers 502 to 504, or is not asked at all because it keeps failing
   * or is overrun. Not for callers that gave up.
   */
  readonly fallback?: ((reason: ProblemError) => Output | Promise<Output>) | undefined;
}

/** Options of the headers that an operation takes. */
export interface HeaderOptions {
  /**
   * With a key the call takes effect once, however often it is sent, so it is retried as a GET is. Derive it from what the call is
   * for, such as the id of the event at hand.
   */
  readonly idempotencyKey?: string | undefined;
  /** Only while the revision is still this one; otherwise the service answers 412. */
  readonly ifMatch?: number | undefined;
}

type OptionsOf<Output, Takes extends TakenHeader> = OperationOptions<Output> & Pick<HeaderOptions, Takes>;

/** @throws CallError for an answer that is not 2xx; ProblemError 502, 503 or 504 when there is none. */
export type OperationCall<Input, Output, Takes extends TakenHeader> = {} extends Input
  ? (input?: Input, options?: OptionsOf<Output, Takes>) => Promise<Output>
  : (input: Input, options?: OptionsOf<Output, Takes>) => Promise<Output>;

/** A function for each operation: `getBooking({ id })`. */
export type Caller<C extends Callee> = {
  readonly [Name in keyof C['operations']]: C['operations'][Name] extends Operation<
    infer Input,
    infer Output,
    infer Takes
  >
    ? OperationCall<Input, Output, Takes>
    : never;
};

/** `booking-service` → `bookingService` */
export type CamelCase<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Name;

/** What `calls` of a service may list: a generated description, or the bare name of a service. */
export type Callable = string | Callee;

/** `calls` of a service as it is declared, or names of services alone: `'listing-service'`. */
export type Calling = string | readonly Callable[];

type MembersOf<L extends Calling> = L extends readonly (infer Member)[] ? Member : L;
type NameOf<Member> = Member extends Callee<infer Name> ? Name : Extract<Member, string>;

/** Names of the services that are called. */
export type CalledNames<L extends Calling> = NameOf<MembersOf<L>>;

/**
 * `platform.calls`: a typed caller for each description (`bookingService`), a client that takes any path for each bare name
 * (`'booking-service'`).
 */
export type CallsOf<L extends Calling> = {
  readonly [Name in Extract<MembersOf<L>, string>]: ServiceClient;
} & {
  readonly [C in Extract<MembersOf<L>, Callee> as CamelCase<C['service']>]: Caller<C>;
};

export const serviceOf = (callable: Callable): string =>
  typeof callable === 'string' ? callable : callable.service;

/** The member of `platform.calls`. */
export const memberOf = (callable: Callable): string =>
  typeof callable === 'string'
    ? callable
    : callable.service.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
