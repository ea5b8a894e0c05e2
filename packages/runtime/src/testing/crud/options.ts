/** What a suite of an entity has to know of it. */
import type { TestClient } from '../client.ts';

/** Who has a right: everyone, each user, the owner of the record, admins, other services, or users with a role (`role:host`). */
export type Right = 'public' | 'user' | 'owner' | 'admin' | 'service' | (string & {});

/** Clients that send the requests of one test; each test has new ones. */
export interface TestUsers {
  /** Creates the records of the test, and owns them. */
  readonly owner: TestClient;
  /** Signed in, without any role, and the owner of nothing. */
  readonly stranger: TestClient;
  readonly admin: TestClient;
  /** Another service. */
  readonly internal: TestClient;
}

/** A JSON object that is sent. */
export type TestBody = Readonly<Record<string, unknown>>;

/** A field that may refer only to records that the caller owns. */
export interface OwnReference {
  /** The operations that check it. */
  readonly checkedOn: readonly ('create' | 'update')[];
  /** Where the record is, and its field with a list of further users who may refer to it. */
  readonly members?: { readonly path: string; readonly field: string } | undefined;
}

/** How an entity behaves. */
export interface CrudOptions {
  /** In the plural, as the sentences of the report begin: `blocked dates`. */
  readonly name: string;
  /** With the base path: `/api/v1/blocked-dates`. */
  readonly path: string;
  readonly access: {
    readonly read: Right;
    readonly create: Right;
    readonly update: Right;
    readonly delete: Right;
  };
  /** The field with the id of the user who owns it. */
  readonly owner?: string | undefined;
  /** Roles of `owner` in the tests; default: none. */
  readonly roles?: readonly string[] | undefined;
  /**
   * A body that the service accepts. What it refers to is created first, by `owner` where it has to be the owner's.
   * @param n Counts the bodies of the suite: values that must be unique follow it.
   */
  valid(users: TestUsers, n: number): TestBody | Promise<TestBody>;
  /** Fields that a body must have. */
  readonly required?: readonly string[] | undefined;
  /** Fields that only the service sets, with values that it would take. */
  readonly readOnly?: TestBody | undefined;
  /** The body of a change, or the names of fields that are changed to those of the next valid body; without it there is no PATCH. */
  readonly change?: TestBody | readonly string[] | undefined;
  /** A field that lists are filtered by; default: `owner`. */
  readonly filter?: string | undefined;
  /** How many records there can be at once, where unique values allow only a few: each test begins without any then. */
  readonly atMost?: number | undefined;
  /** Each owner can have one record only, or few. */
  readonly onePerOwner?: boolean | undefined;
  /** By field. */
  readonly references?: Readonly<Record<string, OwnReference>> | undefined;
  /** The event that tells of a new record, and its field with the record's id. */
  readonly createdEvent?: { readonly name: string; readonly id: string } | undefined;
}
