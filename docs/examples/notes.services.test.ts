import { afterAll, beforeAll, expect, it } from 'vitest';
import { fakeClock, ifMatch, startService, type TestService } from '@hometrip/runtime/testing';
import { Note, notesService } from './notes.ts';

const clock = fakeClock();
let service: TestService;
beforeAll(async () => {
  service = await startService(notesService, { clock });
});
afterAll(() => service.stop());

// #region requests
it('keeps a note, tells others, and refuses a change of what changed meanwhile', async () => {
  const events = await service.events('note.taken');
  const guest = await service.as({ roles: ['guest'] });

  const taken = await guest.expecting(201, Note).post('/api/v1/notes', { text: 'Buy milk' });
  expect(taken.body).toMatchObject({ text: 'Buy milk', owner: guest.userId, revision: 1 });
  const { payload } = await events.waitFor('note.taken');
  expect(payload).toEqual({ noteId: taken.body.id, owner: guest.userId });

  const path = `/api/v1/notes/${taken.body.id}`;
  await guest.expecting(200).patch(path, { text: 'Buy bread' }, ifMatch(taken));
  await guest.expecting(412).patch(path, { text: 'Buy both' }, ifMatch(taken));
});
// #endregion

// #region clock
it('lets nobody in without a token, and not for longer than it is valid', async () => {
  await service.expecting(401).get('/api/v1/notes');
  const guest = await service.as();
  await guest.expecting(200).get('/api/v1/notes');
  clock.advance(16 * 60_000);
  await guest.expecting(401).get('/api/v1/notes');
});
// #endregion
