import type { RequestOptions, Send } from './http.js';

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

export declare const conversations: (send: Send) => {
  /** List conversations. */
  readonly list: (query?: ListConversationsQuery, options?: RequestOptions) => Promise<ConversationPage>;

  /** List conversations: all of them, page after page. */
  readonly all: (
    query?: ListConversationsQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Conversation, void, undefined>;

  /** Create a conversation. */
  readonly create: (body: CreateConversation, options?: RequestOptions) => Promise<Conversation>;

  /** Get a conversation. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Conversation>;

  /** Change a conversation. */
  readonly update: (id: string, body: UpdateConversation, options?: RequestOptions) => Promise<Conversation>;

  /** Delete a conversation. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};

export declare const messages: (send: Send) => {
  /** List messages. */
  readonly list: (query?: ListMessagesQuery, options?: RequestOptions) => Promise<MessagePage>;

  /** List messages: all of them, page after page. */
  readonly all: (
    query?: ListMessagesQuery,
    options?: RequestOptions,
  ) => AsyncGenerator<Message, void, undefined>;

  /** Create a message. */
  readonly create: (body: CreateMessage, options?: RequestOptions) => Promise<Message>;

  /** Get a message. */
  readonly get: (id: string, options?: RequestOptions) => Promise<Message>;

  /** Change a message. */
  readonly update: (id: string, body: UpdateMessage, options?: RequestOptions) => Promise<Message>;

  /** Delete a message. */
  readonly delete: (id: string, options?: RequestOptions) => Promise<void>;
};
