import type { Generated } from 'kysely';

export interface AuthTables {
  account: {
    id: string;
    email: string;
    passwordHash: string;
    displayName: string;
    roles: Generated<string[]>;
    suspended: Generated<boolean>;
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
  signInAttempt: {
    addressHash: Buffer;
    failures: number;
    blockedUntil: Date | string;
  };
}
