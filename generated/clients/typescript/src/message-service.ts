import { everyItem, type RequestOptions, segment, type Send } from './http.ts';

export interface Conversation {
  readonly id: string;
  readonly owner: string;
  readonly participants: readonly string[];
  readonly listingId: string | null;
  readonly subject: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ConversationPage {
  readonly items: readonly Conversation[];
  readonly nextCursor: string | null;
}

export interface CreateConversation {
  readonly participants: readonly string[];
  readonly listingId?: string | null | undefined;
  readonly subject: string;
}

export interface CreateMessage {
  readonly conversationId: string;
  readonly body: string;
}

export interface Message {
  readonly id: string;
  readonly owner: string;
  readonly conversationId: string;
  readonly body: string;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface MessagePage {
  readonly items: readonly Message[];
  readonly nextCursor: string | null;
}

export interface UpdateConversation {
  readonly participants?: readonly string[] | undefined;
  readonly listingId?: string | null | undefined;
  readonly subject?: string | undefined;
}

export interface UpdateMessage {
  readonly conversationId?: string | undefined;
  readonly body?: string | undefined;
}

export interface ListConversationsQuery {
  /** How many items at most. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Minus: descending. */
  readonly sort?:
    | 'createdAt'
    | '-createdAt'
    | 'updatedAt'
    | '-updatedAt'
    | 'subject'
    | '-subject'
    | undefined;
  readonly owner?: string | undefined;
  readonly participants?: string | undefined;
  readonly listingId?: string | undefined;
  readonly subject?: string | undefined;
}

export interface ListMessagesQuery {
  /** How many items at most. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Minus: descending. */
  readonly sort?: 'createdAt' | '-createdAt' | 'updatedAt' | '-updatedAt' | undefined;
  readonly owner?: string | undefined;
  readonly conversationId?: string | undefined;
}

export const conversations = (send: Send) => ({
  /** List conversations. */
  list: (query: ListConversationsQuery = {}, options?: RequestOptions): Promise<ConversationPage> =>
    send({ method: 'GET', path: '/api/v1/conversations', query, options }),

  /** List conversations: all of them, page after page. */
  all: (query: ListConversationsQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListConversationsQuery) => conversations(send).list(next, options), query),

  /** Create a conversation. */
  create: (body: CreateConversation, options?: RequestOptions): Promise<Conversation> =>
    send({ method: 'POST', path: '/api/v1/conversations', body, options }),

  /** Get a conversation. */
  get: (id: string, options?: RequestOptions): Promise<Conversation> =>
    send({ method: 'GET', path: `/api/v1/conversations/${segment(id)}`, options }),

  /** Change a conversation. */
  update: (id: string, body: UpdateConversation, options?: RequestOptions): Promise<Conversation> =>
    send({ method: 'PATCH', path: `/api/v1/conversations/${segment(id)}`, body, options }),

  /** Delete a conversation. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/conversations/${segment(id)}`, options }),
});

export const messages = (send: Send) => ({
  /** List messages. */
  list: (query: ListMessagesQuery = {}, options?: RequestOptions): Promise<MessagePage> =>
    send({ method: 'GET', path: '/api/v1/messages', query, options }),

  /** List messages: all of them, page after page. */
  all: (query: ListMessagesQuery = {}, options?: RequestOptions) =>
    everyItem((next: ListMessagesQuery) => messages(send).list(next, options), query),

  /** Create a message. */
  create: (body: CreateMessage, options?: RequestOptions): Promise<Message> =>
    send({ method: 'POST', path: '/api/v1/messages', body, options }),

  /** Get a message. */
  get: (id: string, options?: RequestOptions): Promise<Message> =>
    send({ method: 'GET', path: `/api/v1/messages/${segment(id)}`, options }),

  /** Change a message. */
  update: (id: string, body: UpdateMessage, options?: RequestOptions): Promise<Message> =>
    send({ method: 'PATCH', path: `/api/v1/messages/${segment(id)}`, body, options }),

  /** Delete a message. */
  delete: (id: string, options?: RequestOptions): Promise<void> =>
    send({ method: 'DELETE', path: `/api/v1/messages/${segment(id)}`, options }),
});
