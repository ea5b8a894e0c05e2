import { expect, it } from 'vitest';
import { startService } from '@hometrip/runtime/testing';
import { greetingService } from './greeting.ts';

it('greets', async () => {
  const service = await startService(greetingService);
  const { body } = await service.expecting(200).get('/api/v1/greetings/Ada');
  expect(body).toEqual({ text: 'Hello Ada' });
  await service.expecting(422).get(`/api/v1/greetings/${'a'.repeat(81)}`);
  await service.stop();
});
