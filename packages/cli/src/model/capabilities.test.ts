import {
  openCache,
  openMailer,
  openPubSub,
  openRateLimiter,
  openRegistry,
  openSearch,
} from '@hometrip/runtime';
import { portOptions } from '@hometrip/runtime/testing';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../runtime/src/database/open.ts';
import { openDocuments } from '../../../runtime/src/documents/index.ts';
import { openBus } from '../../../runtime/src/events/index.ts';
import { openTracer } from '../../../runtime/src/telemetry/open.ts';
import { componentKinds } from '../components/index.ts';
import { allCapabilities, type Capability, capabilities } from './capabilities.ts';

const nowhere = new URL('nowhere://server');
const options = portOptions();
const openers: Readonly<Record<Capability, () => Promise<unknown>>> = {
  cache: () => openCache(nowhere, options),
  database: () => openDatabase(nowhere, options),
  documents: () => openDocuments(nowhere, options),
  events: async () => openBus(nowhere, options),
  mail: () => openMailer(nowhere, { ...options, from: 'a@example.com' }),
  pubsub: async () => openPubSub(nowhere, options),
  'rate-limit': () => openRateLimiter(nowhere, options),
  registry: async () => openRegistry(nowhere, options),
  search: () => openSearch(nowhere, options),
  traces: () => openTracer({ TRACES_URL: nowhere.href }, { ...options, version: '1.0.0' }),
};

describe('the table of capabilities', () => {
  it.each(allCapabilities())('%s: has the schemes of the adapters of the runtime', async (capability) => {
    const message = await openers[capability]().then(
      () => 'opened',
      (error: Error) => error.message,
    );
    const known = [...message.matchAll(/([a-z+]+:)\/\//g)].map(([, scheme]) => scheme);
    expect(known.filter((scheme) => scheme !== nowhere.protocol).sort()).toEqual(
      [...capabilities[capability].schemes].sort(),
    );
  });

  it('gives each capability settings of its own', () => {
    const prefixes = allCapabilities().map((capability) => capabilities[capability].prefix);
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });
});

it('services can speak to every component by every scheme that an address of it may have', () => {
  const unknown = componentKinds.flatMap(({ kind, schemes, capabilities: offered }) =>
    Object.keys(schemes)
      .filter((scheme) => !offered.some((one) => capabilities[one].schemes.includes(scheme)))
      .map((scheme) => `${kind} ${scheme}`),
  );
  expect(unknown).toEqual([]);
});
