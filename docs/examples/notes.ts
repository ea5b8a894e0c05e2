import {
  created,
  defineService,
  documentRepository,
  entity,
  IdParams,
  listQuery,
  ok,
  ownedBy,
  page,
  patchOf,
  route,
  run,
  z,
} from '@hometrip/runtime';

const CreateNote = z.strictObject({ text: z.string().min(1).max(1_000) });
export const Note = entity('Note', { owner: z.uuid(), text: z.string() });
type Note = z.infer<typeof Note>;

export const notesService = defineService({
  name: 'notes-service',
  version: '1.0.0',
  needs: { database: 'documents' },
  contracts: { 'note.taken': z.strictObject({ noteId: z.uuid(), owner: z.uuid() }) },
  routes({ documents, events, transaction }) {
    const notes = documentRepository<Note>(documents, { collection: 'note', filterable: ['owner'] });
    return [
      route.post('/notes', {
        body: CreateNote,
        responses: { 201: Note },
        async handler({ body, user }) {
          // The event is published if and only if the note is there.
          const note = await transaction(async (tx) => {
            const inserted = await notes.insert({ ...body, owner: user.id }, tx);
            await events.publish('note.taken', { noteId: inserted.id, owner: user.id }, tx);
            return inserted;
          });
          return created(note, `/api/v1/notes/${note.id}`);
        },
      }),
      route.get('/notes', {
        query: listQuery({ sortable: ['createdAt'] }),
        responses: { 200: page(Note) },
        async handler({ query, user }) {
          return ok(await notes.list({ ...query, filters: { owner: user.id } }));
        },
      }),
      route.patch('/notes/:id', {
        params: IdParams,
        // The note is found for its owner and for admins; for everyone else it is 404.
        record: ({ params }) => notes.get(params.id),
        authorize: ownedBy('owner'),
        body: patchOf(CreateNote),
        responses: { 200: Note },
        async handler({ record, body, ifMatch }) {
          return ok(await notes.update(record.id, body, { revision: ifMatch }));
        },
      }),
    ];
  },
});

if (import.meta.main) await run(notesService);
