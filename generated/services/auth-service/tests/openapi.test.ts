import { documentOf } from '@hometrip/runtime';
import { expect, it } from 'vitest';
import { authService } from '../src/service.ts';

it('has an OpenAPI document that is true to its routes (vitest --update writes it)', async () => {
  await expect(`${JSON.stringify(documentOf(authService), null, 2)}\n`).toMatchFileSnapshot(
    '../openapi.json',
  );
});
