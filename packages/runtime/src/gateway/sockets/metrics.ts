import { Counter, Gauge, type Registry } from 'prom-client';

/** Close codes that say something; clients may send any other. */
const CODES = new Set([1000, 1001, 1003, 1005, 1006, 1008, 1009, 1011, 1013, 4401, 4403]);

export interface SocketMetrics {
  closed(code: number): void;
  /** `invalid` when it is none. */
  received(type: string): void;
  sent(type: string): void;
  opened(outcome: 'new' | 'resumed' | 'gap'): void;
  joined(outcome: 'joined' | 'resumed' | 'gap' | 'refused' | 'failed'): void;
}

export function socketMetrics(
  metrics: Registry,
  now: { connections(): number; rooms(): number },
): SocketMetrics {
  const registers = [metrics];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const counter = <L extends string>(name: string, help: string, label: L): Counter<L> =>
    new Counter({ name, help, labelNames: [label], registers });
  gauge('websocket_connections', 'Open sockets.', now.connections);
  gauge('websocket_rooms', 'Rooms with somebody in them on this replica.', now.rooms);
  const closed = counter('websocket_closed_total', 'Closed sockets by close code.', 'code');
  const received = counter('websocket_messages_received_total', 'Messages of clients by type.', 'type');
  const sent = counter('websocket_messages_sent_total', 'Messages to clients by type.', 'type');
  const opened = counter(
    'websocket_opened_total',
    'Sockets that became ready: new, resumed, or with a gap, when what was missed is not kept any more.',
    'outcome',
  );
  const joined = counter('websocket_joins_total', 'Rooms joined, and why not.', 'outcome');
  return {
    closed: (code) => closed.inc({ code: CODES.has(code) ? String(code) : 'other' }),
    received: (type) => received.inc({ type }),
    sent: (type) => sent.inc({ type }),
    opened: (outcome) => opened.inc({ outcome }),
    joined: (outcome) => joined.inc({ outcome }),
  };
}
