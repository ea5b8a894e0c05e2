/** What gateways are made of: the HTTP front door, and sockets for events. */
export { createEdge, type GatewayPlatform } from './edge.ts';
export { type EventMessage, forwardEvents } from './sockets/forward.ts';
export { createSockets, type SocketPlatform } from './sockets/sockets.ts';
