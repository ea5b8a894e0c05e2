/** A replica of the test gateway in a process of its own, so that it can be killed. Says its address on standard output. */
import { createLocalJWKSet } from 'jose';
import { createVerifier } from '../../../auth/verifier.ts';
import { systemClock } from '../../../clock.ts';
import { start } from '../../../service/start.ts';
import { portOptions } from '../../../testing/port-options.ts';
import { gateway } from '../testing.ts';

const { issuer, audience, jwks } = JSON.parse(process.env['TEST_ISSUER'] as string);
const verifier = createVerifier({ issuer, audience, keys: createLocalJWKSet(jwks), clock: systemClock });
const service = await start(gateway, {
  env: process.env,
  verifier,
  log: portOptions().log,
  processMetrics: false,
});
process.once('SIGTERM', () => void service.stop());
process.stdout.write(`${service.url}\n`);
