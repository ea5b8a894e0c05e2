/** Bus messages as AMQP messages: what other programs read too is where AMQP has a place for it. */
import type { Message, Options } from 'amqplib';
import type { BusMessage, DeadLetter, Delivery } from '../port.ts';

/** Travels with a copy of a message that waits for its next attempt, or died. */
export interface Fate {
  /** How often it was handed out before this copy. */
  readonly attempts: number;
  /** How often it came to a member that does not know its event; see `Subscriber`. */
  readonly hops?: number;
  readonly reason?: string;
  /** ISO instant. */
  readonly diedAt?: string;
}

export interface Received extends Delivery {
  readonly hops: number;
  /** When it was published, in milliseconds; undefined for messages of other programs. */
  readonly publishedAt: number | undefined;
  /** Why this is no event at all. */
  readonly malformed: string | undefined;
}

const OWN = 'x-hometrip-';
/** Headers that brokers add. */
const BROKERS = /^x-(?:death|first-death-|last-death-|delivery-count|acquired-count|opt-)/;

export const encode = ({ payload }: BusMessage): Buffer => Buffer.from(JSON.stringify(payload ?? null));

export function propertiesOf(message: BusMessage, publishedAt: number, fate?: Fate): Options.Publish {
  const own: Record<string, string | number> = {
    [`${OWN}occurred-at`]: message.occurredAt,
    [`${OWN}published-at`]: publishedAt,
  };
  if (fate !== undefined) {
    own[`${OWN}attempts`] = fate.attempts;
    if (fate.hops !== undefined) own[`${OWN}hops`] = fate.hops;
    // A table of headers holds 64 KiB at most.
    if (fate.reason !== undefined) own[`${OWN}reason`] = fate.reason.slice(0, 8_000);
    if (fate.diedAt !== undefined) own[`${OWN}died-at`] = fate.diedAt;
  }
  return {
    messageId: message.id,
    type: message.name,
    appId: message.source,
    contentType: 'application/json',
    persistent: true,
    headers: { ...message.headers, ...own },
  };
}

/** Never throws: what is not ours to read is handed on with what is wrong with it. */
export function decode({ content, fields, properties }: Message): Received {
  const all = properties.headers ?? {};
  const own = (name: string): unknown => all[`${OWN}${name}`];
  const headers = Object.fromEntries(
    Object.entries(all).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && !entry[0].startsWith(OWN) && !BROKERS.test(entry[0]),
    ),
  );
  let malformed = typeof properties.messageId === 'string' ? undefined : 'it has no message id';
  let payload: unknown;
  try {
    payload = JSON.parse(content.toString());
  } catch (error) {
    malformed = `its content is not JSON: ${(error as Error).message}`;
    payload = content.toString();
  }
  const publishedAt = own('published-at');
  const occurredAt = own('occurred-at');
  return {
    message: {
      id: String(properties.messageId ?? ''),
      name: String(properties.type ?? fields.routingKey),
      source: String(properties.appId ?? ''),
      payload,
      headers,
      occurredAt: typeof occurredAt === 'string' ? occurredAt : new Date(0).toISOString(),
    },
    attempt: count(own('attempts')) + count(all['x-delivery-count']) + 1,
    hops: count(own('hops')),
    publishedAt: typeof publishedAt === 'number' ? publishedAt : undefined,
    malformed,
  };
}

export function deadLetterOf(raw: Message): DeadLetter {
  const { message, attempt } = decode(raw);
  const headers = raw.properties.headers ?? {};
  // Looking at a dead letter is a delivery too: only what it had when it died counts.
  const attempts = headers[`${OWN}attempts`];
  const died = headers[`${OWN}died-at`];
  if (typeof died === 'string')
    return {
      message,
      attempts: count(attempts),
      reason: String(headers[`${OWN}reason`] ?? ''),
      diedAt: died,
    };
  const [death] = headers['x-death'] ?? [];
  return {
    message,
    attempts: attempt,
    reason: `RabbitMQ gave it up (${headers['x-first-death-reason'] ?? 'unknown'}): it was handed out too often to processes that never answered`,
    diedAt: new Date((death?.time.value ?? 0) * 1_000).toISOString(),
  };
}

const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);
