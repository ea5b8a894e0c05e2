import type { Generated } from 'kysely';

export interface AuthTables {
  account: {
    id: string;
    email: string;
    passwordHash: string;
    displayName: string;
    roles: Generated<string[]>;
    suspended: Generated<boolean>;
    generation: Generated<number>;
    revision: Generated<number>;
    createdAt: Generated<string>;
    updatedAt: Generated<string>;
  };
  session: {
    id: string;
    accountId: string;
    createdAt: Generated<string>;
    revokedAt: string | null;
  };
  refreshToken: {
    hash: Buffer;
    sessionId: string;
    expiresAt: Date | string;
    usedAt: string | null;
  };
  revocation: {
    id: string;
    accountId: string;
    sessionId: string | null;
    beforeGeneration: number | null;
    until: Date | string;
    toldAt: Date | string | null;
  };
  signInAllowance: {
    key: Buffer;
    fullAt: Date | string;
  };
  knownAddress: {
    accountId: string;
    addressHash: Buffer;
    seenAt: Generated<Date | string>;
  };
}
