import { Counter, Gauge, type Registry } from 'prom-client';

/** Close codes that say something; clients may send any other. */
const CODES = new Set([1000, 1001, 1003, 1005, 1006, 1008, 1009, 1011, 1013, 4401, 4403, 4410]);

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
  new Gauge({
    name: 'websocket_connections',
    help: 'Open sockets.',
    registers,
    collect() {
      this.set(now.connections());
    },
  });
  new Gauge({
    name: 'websocket_rooms',
    help: 'Rooms with at least one user on this replica.',
    registers,
    collect() {
      this.set(now.rooms());
    },
  });
  const closed = new Counter({
    name: 'websocket_closed_total',
    help: 'Closed sockets by close code.',
    labelNames: ['code'],
    registers,
  });
  const received = new Counter({
    name: 'websocket_messages_received_total',
    help: 'Messages of clients by type.',
    labelNames: ['type'],
    registers,
  });
  const sent = new Counter({
    name: 'websocket_messages_sent_total',
    help: 'Messages to clients by type.',
    labelNames: ['type'],
    registers,
  });
  const opened = new Counter({
    name: 'websocket_opened_total',
    help: 'Sockets that became ready: new, resumed, or with a gap, when what was missed is not kept any more.',
    labelNames: ['outcome'],
    registers,
  });
  const joined = new Counter({
    name: 'websocket_joins_total',
    help: 'Rooms joined, and why not.',
    labelNames: ['outcome'],
    registers,
  });
  return {
    closed: (code) => closed.inc({ code: CODES.has(code) ? String(code) : 'other' }),
    received: (type) => received.inc({ type }),
    sent: (type) => sent.inc({ type }),
    opened: (outcome) => opened.inc({ outcome }),
    joined: (outcome) => joined.inc({ outcome }),
  };
}
