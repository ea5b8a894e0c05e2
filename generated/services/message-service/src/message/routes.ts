import {
  created,
  type DocumentTx,
  IdParams,
  isAdmin,
  listQuery,
  noContent,
  ok,
  ownedBy,
  ownedRecord,
  page,
  type Platform,
  type Repository,
  type Route,
  route,
} from '@hometrip/runtime';
import type { calls } from '../calls/index.ts';
import type { Conversation } from '../conversation/schema.ts';
import type { contracts } from '../events.ts';
import { CreateMessage, Message, MessageFilters, messageSortKeys, UpdateMessage } from './schema.ts';

interface Dependencies {
  readonly messages: Repository<Message, DocumentTx>;
  readonly conversations: Repository<Conversation, DocumentTx>;
  readonly platform: Platform<'documents', typeof contracts, typeof calls>;
}

/** Messages: the owner may read, change and delete; signed-in users may create. conversationId must refer to a conversation whose owner or participants name the caller. */
export const messageRoutes = ({ messages, conversations, platform }: Dependencies): Route[] => [
  route.get('/messages', {
    summary: 'List messages',
    tag: 'Messages',
    auth: 'user',
    query: listQuery({ filters: MessageFilters, sortable: messageSortKeys }),
    responses: { 200: page(Message) },
    async handler({ query, user }) {
      // Callers see their own; admins see all.
      const filters = isAdmin(user) ? query.filters : { ...query.filters, owner: user.id };
      return ok(await messages.list({ ...query, filters }));
    },
  }),

  route.post('/messages', {
    summary: 'Create a message',
    description: 'conversationId must refer to a conversation whose owner or participants name the caller.',
    tag: 'Messages',
    auth: 'user',
    idempotencyKey: true,
    body: CreateMessage,
    references: { conversationId: ownedRecord(conversations, { by: ['owner', 'participants'] }) },
    responses: { 201: Message },
    async handler({ body, user }) {
      const message = await platform.transaction(async (tx) => {
        const inserted = await messages.insert({ ...body, owner: user.id }, tx);
        await platform.events.publish(
          'message.created',
          { messageId: inserted.id, conversationId: inserted.conversationId, owner: inserted.owner },
          tx,
        );
        return inserted;
      });
      return created(message, `/api/v1/messages/${message.id}`);
    },
  }),

  route.get('/messages/:id', {
    summary: 'Get a message',
    tag: 'Messages',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => messages.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 200: Message },
    async handler({ record: message }) {
      return ok(message);
    },
  }),

  route.patch('/messages/:id', {
    summary: 'Change a message',
    description: 'conversationId must refer to a conversation whose owner or participants name the caller.',
    tag: 'Messages',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => messages.get(params.id),
    authorize: ownedBy('owner'),
    body: UpdateMessage,
    references: { conversationId: ownedRecord(conversations, { by: ['owner', 'participants'] }) },
    responses: { 200: Message },
    async handler({ params, body, ifMatch }) {
      const message = await messages.update(params.id, body, { revision: ifMatch });
      return ok(message);
    },
  }),

  route.delete('/messages/:id', {
    summary: 'Delete a message',
    tag: 'Messages',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => messages.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await messages.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
