import {
  created,
  type DocumentTx,
  IdParams,
  isAdmin,
  listQuery,
  noContent,
  ok,
  ownedBy,
  page,
  type Repository,
  type Route,
  route,
} from '@hometrip/runtime';
import {
  Conversation,
  ConversationFilters,
  conversationSortKeys,
  CreateConversation,
  UpdateConversation,
} from './schema.ts';

interface Dependencies {
  readonly conversations: Repository<Conversation, DocumentTx>;
}

/** Conversations: the owner may read, change and delete; signed-in users may create. */
export const conversationRoutes = ({ conversations }: Dependencies): Route[] => [
  route.get('/conversations', {
    summary: 'List conversations',
    tag: 'Conversations',
    auth: 'user',
    query: listQuery({ filters: ConversationFilters, sortable: conversationSortKeys }),
    responses: { 200: page(Conversation) },
    async handler({ query, user }) {
      // Callers see their own; admins see all.
      const filters = isAdmin(user) ? query.filters : { ...query.filters, owner: user.id };
      return ok(await conversations.list({ ...query, filters }));
    },
  }),

  route.post('/conversations', {
    summary: 'Create a conversation',
    tag: 'Conversations',
    auth: 'user',
    idempotencyKey: true,
    body: CreateConversation,
    responses: { 201: Conversation },
    async handler({ body, user }) {
      const conversation = await conversations.insert({ ...body, owner: user.id });
      return created(conversation, `/api/v1/conversations/${conversation.id}`);
    },
  }),

  route.get('/conversations/:id', {
    summary: 'Get a conversation',
    tag: 'Conversations',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => conversations.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 200: Conversation },
    async handler({ record: conversation }) {
      return ok(conversation);
    },
  }),

  route.patch('/conversations/:id', {
    summary: 'Change a conversation',
    tag: 'Conversations',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => conversations.get(params.id),
    authorize: ownedBy('owner'),
    body: UpdateConversation,
    responses: { 200: Conversation },
    async handler({ params, body, ifMatch }) {
      const conversation = await conversations.update(params.id, body, { revision: ifMatch });
      return ok(conversation);
    },
  }),

  route.delete('/conversations/:id', {
    summary: 'Delete a conversation',
    tag: 'Conversations',
    auth: 'user',
    params: IdParams,
    record: ({ params }) => conversations.get(params.id),
    authorize: ownedBy('owner'),
    responses: { 204: null },
    async handler({ params, ifMatch }) {
      await conversations.delete(params.id, { revision: ifMatch });
      return noContent();
    },
  }),
];
