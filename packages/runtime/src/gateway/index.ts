/** What gateways are made of: the HTTP front door, and sockets for events. */
export { createEdge, type GatewayPlatform } from './edge.ts';
export { forwardEvents, type ForwardOptions } from './sockets/forward.ts';
export type { ClientMessage, EventMessage, ServerMessage } from './sockets/protocol.ts';
export type { PresenceTimes } from './sockets/presence.ts';
export type { RoomKind, RoomKinds, RoomRequest } from './sockets/rooms.ts';
export { createSockets, type SocketOptions, type SocketPlatform } from './sockets/sockets.ts';
