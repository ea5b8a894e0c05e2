import { describe, expect, it } from 'vitest';
import { contracts } from '../../../../templates/blueprints/auth/src/events.ts';
import { templates } from '../platform/templates.ts';
import { blueprints } from './blueprints.ts';
import type { Capability } from './stack.ts';

/** What a service of the runtime does not start without, in the words of components. */
const capabilities: Readonly<Record<string, Capability>> = {
  events: 'events',
  pubsub: 'pubsub',
  search: 'search',
};

describe('what a blueprint needs is the same for validate as for its code', () => {
  it.each(blueprints.filter(({ id }) => templates.files(`blueprints/${id}`).includes('blueprint.json')))(
    '$id',
    ({ id, needs = [] }) => {
      const manifest = JSON.parse(templates.text(`blueprints/${id}/blueprint.json`)) as {
        needs: Record<string, unknown>;
      };
      const wanted = Object.keys(manifest.needs).flatMap((need) => capabilities[need] ?? []);
      expect([...needs].sort()).toEqual(wanted.sort());
    },
  );

  it('auth publishes what its code publishes', () => {
    const auth = blueprints.find(({ id }) => id === 'auth')?.publishes ?? {};
    expect(Object.entries(auth).map(([event, fields]) => [event, Object.keys(fields)])).toEqual(
      Object.entries(contracts).map(([event, { shape }]) => [event, Object.keys(shape)]),
    );
  });
});
