/** Who each service is for the others: a key of its own, and the public keys of all, as files like every secret. */
import type { Secret, SecretUse, Service } from './stack.ts';

export const identitySecret = (service: string): string => `${service}-identity-key`;
const PUBLIC_KEYS = 'service-identities';

export const identitySecrets = (services: readonly Service[]): Secret[] => [
  ...services.map(
    ({ name }): Secret => ({
      name: identitySecret(name),
      kind: 'key',
      description: `Signs what ${name} says to other services.`,
    }),
  ),
  { name: PUBLIC_KEYS, kind: 'public-keys', description: 'By which services know each other.' },
];

export const identityUses = (service: string): SecretUse[] => [
  { secret: identitySecret(service), env: 'SERVICE_IDENTITY_KEY_FILE' },
  { secret: PUBLIC_KEYS, env: 'SERVICE_IDENTITIES_FILE' },
];
