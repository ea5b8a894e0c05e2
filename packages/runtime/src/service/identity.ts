/**
 * Who this service is for others, and whom it believes: SERVICE_IDENTITY_KEY and SERVICE_IDENTITIES.
 *
 * @setting SERVICE_IDENTITY_KEY Signs the calls of this service: Ed25519 seeds in base64url, one a line, the first one signs. Without it calls
 * carry the user's token alone.
 * @setting SERVICE_IDENTITIES Public keys of the services that are believed, as a JSON key set whose keys also say their `service`. Without it
 * routes with `auth: 'service'` are closed. A file is read again when a key is unknown.
 */
import {
  createServiceIdentity,
  createServiceVerifier,
  identityKeys,
  noServices,
  type ServiceIdentity,
  signingKey,
} from '../auth/service-identity.ts';
import type { Verifier } from '../auth/verifier.ts';
import type { PortOptions } from '../port.ts';
import { type Environment, readSetting, SettingError } from '../settings.ts';

/** Undefined without a key: then calls carry the user's token alone. @throws SettingError for a malformed one. */
export function serviceIdentity(
  env: Environment,
  { service, clock }: Pick<PortOptions, 'service' | 'clock'>,
): ServiceIdentity | undefined {
  const seeds = readSetting(env, 'SERVICE_IDENTITY_KEY');
  if (seeds === undefined) return undefined;
  try {
    return createServiceIdentity(service, signingKey(seeds), clock);
  } catch (error) {
    throw new SettingError(
      'SERVICE_IDENTITY_KEY',
      `SERVICE_IDENTITY_KEY cannot be used: ${(error as Error).message}.`,
    );
  }
}

/** @throws SettingError for a malformed list. */
export function serviceVerifier(
  env: Environment,
  { service, clock, log }: Pick<PortOptions, 'service' | 'clock' | 'log'>,
): Verifier {
  const read = () => readSetting(env, 'SERVICE_IDENTITIES');
  if (read() === undefined) return noServices;
  try {
    return createServiceVerifier({ audience: service, keys: identityKeys(read, { clock, log }), clock });
  } catch (error) {
    throw new SettingError(
      'SERVICE_IDENTITIES',
      `SERVICE_IDENTITIES is not a list of the services' public keys: ${(error as Error).message}.`,
    );
  }
}
