import { describe, expect, it } from 'vitest';
import { domainLiterals } from './domain.mjs';

const blueprints = ['auth', 'crud', 'websocket-gateway'];
const findings = (path: string, source: string) => domainLiterals(path, source, blueprints);
const here = 'packages/cli/src/renderers/x.ts';

describe('a word of the marketplace', () => {
  it.each(["const fields = ['guestId'];", "const mail = 'guest@example.com';", "call('/api/v1/listings');"])(
    'is found: %s',
    (source) => expect(findings(here, source)).toEqual([expect.stringContaining('marketplace')]),
  );

  it.each([
    ['an example of a command', "next: ['hometrip scale booking-service=3'],", here],
    ['an example of a value', "const field = { examples: ['listing'] };", here],
    ['a comment', '// as booking-service does', here],
    ['another word', "const address = { host: 'localhost', home: homedir() };", here],
    ['what means something else', "plain('guest')", 'packages/runtime/src/events/amqp/connection.ts'],
  ])('may be %s', (_, source, path) => expect(findings(path, source)).toEqual([]));
});

describe('the id of a blueprint', () => {
  it.each([
    "const sockets = services.find(({ blueprint }) => blueprint.id === 'websocket-gateway');",
    "const cache = limit.name !== 'auth';",
    "const keys = 'auth/jwks';",
  ])('is found: %s', (source) =>
    expect(findings(here, source)).toEqual([expect.stringContaining('names the blueprint')]),
  );

  it('has one place', () => {
    expect(
      findings('packages/cli/src/model/blueprints.ts', "export const stock = { issuer: 'auth' };"),
    ).toEqual([]);
  });
});
