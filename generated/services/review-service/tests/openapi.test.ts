import { readFileSync } from 'node:fs';
import { documentOf } from '@hometrip/runtime';
import { expect, it } from 'vitest';
import { reviewService } from '../src/service.ts';

// After a change of routes by hand: hometrip generate
it('openapi.json is what the service answers to', () => {
  const committed: unknown = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));
  expect(JSON.parse(JSON.stringify(documentOf(reviewService)))).toEqual(committed);
});
