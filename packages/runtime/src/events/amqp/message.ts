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
  /** When it was published, in milliseconds to the second; undefined for messages of other programs. */
  readonly publishedAt: number | undefined;
  /** Why this is no event at all. */
  readonly malformed: string | undefined;
}

const OWN = 'x-hometrip-';
const OCCURRED = `${OWN}occurred-at`;
/** Headers that brokers add. */
const BROKERS = /^x-(?:death|first-death-|last-death-|delivery-count|acquired-count|opt-)/;

export const encode = ({ payload }: BusMessage): Buffer => Buffer.from(JSON.stringify(payload ?? null));

export function propertiesOf(message: BusMessage, publishedAt: number, fate?: Fate): Options.Publish {
  const headers: Record<string, string | number> = { ...message.headers, [OCCURRED]: message.occurredAt };
  if (fate !== undefined) {
    headers[`${OWN}attempts`] = fate.attempts;
    if (fate.hops !== undefined) headers[`${OWN}hops`] = fate.hops;
    // A table of headers holds 64 KiB at most.
    if (fate.reason !== undefined) headers[`${OWN}reason`] = fate.reason.slice(0, 8_000);
    if (fate.diedAt !== undefined) headers[`${OWN}died-at`] = fate.diedAt;
  }
  return {
    messageId: message.id,
    type: message.name,
    appId: message.source,
    contentType: 'application/json',
    // AMQP counts it in seconds.
    timestamp: Math.floor(publishedAt / 1_000),
    persistent: true,
    headers,
  };
}

/** Never throws: what is not ours to read is handed on with what is wrong with it. */
export function decode({ content, fields, properties }: Message): Received {
  const all = properties.headers ?? {};
  const own = (name: string): unknown => all[`${OWN}${name}`];
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(all))
    if (typeof value === 'string' && !name.startsWith(OWN) && !BROKERS.test(name)) headers[name] = value;
  let malformed = typeof properties.messageId === 'string' ? undefined : 'it has no message id';
  let payload: unknown;
  try {
    payload = JSON.parse(content.toString());
  } catch (error) {
    malformed = `its content is not JSON: ${(error as Error).message}`;
    payload = content.toString();
  }
  const publishedAt = properties.timestamp as unknown;
  const occurredAt = all[OCCURRED];
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
    publishedAt: typeof publishedAt === 'number' ? publishedAt * 1_000 : undefined,
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
