import { z } from '@hometrip/runtime';
import { roles } from '../roles.ts';

const Email = z
  .email()
  .max(254)
  .meta({ examples: ['ada@example.com'] });
// NIST SP 800-63B: length is what counts; no rules about kinds of characters.
const Password = z
  .string()
  .min(10)
  .max(200)
  .meta({ examples: ['correct horse battery'] });

export const Role = z.enum(roles).meta({ id: 'AccountRole' });
export type Role = z.infer<typeof Role>;
/** Of an account of which nothing else is known. */
export const newcomer: Role = roles[0];

export const Account = z
  .object({
    id: z.uuid(),
    email: z.string(),
    displayName: z.string(),
    roles: z.array(Role),
    revision: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Account' });
export type Account = z.infer<typeof Account>;

export const ManagedAccount = Account.extend({ suspended: z.boolean() }).meta({ id: 'ManagedAccount' });
export type ManagedAccount = z.infer<typeof ManagedAccount>;

export const AccountList = z.object({ items: z.array(ManagedAccount) }).meta({ id: 'AccountList' });

export const AccountQuery = z.strictObject({
  email: Email.meta({ description: 'Of the account; in any spelling' }),
});

export const Registration = z
  .strictObject({ email: Email, password: Password, displayName: z.string().trim().min(1).max(80) })
  .meta({ id: 'Registration' });

export const Credentials = z
  .strictObject({
    email: Email,
    password: z.string().min(1).max(200),
    refreshToken: z.string().min(1).max(200).optional().meta({
      description:
        'One that this device has from an earlier session of the account, if it has one, also a spent one: guesses that others make then do not keep it out',
    }),
  })
  .meta({ id: 'Credentials' });

export const Refresh = z.strictObject({ refreshToken: z.string().min(1).max(200) }).meta({ id: 'Refresh' });

export const PasswordChange = z
  .strictObject({ currentPassword: z.string().min(1).max(200), newPassword: Password })
  .meta({ id: 'PasswordChange' });

export const RoleChange = z.strictObject({ roles: z.array(Role).min(1) }).meta({ id: 'RoleChange' });

export const Tokens = z
  .object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    /** Seconds until the access token ends. */
    expiresIn: z.int(),
    refreshToken: z.string(),
    account: Account,
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.infer<typeof Tokens>;

export const Jwks = z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({ id: 'Jwks' });
