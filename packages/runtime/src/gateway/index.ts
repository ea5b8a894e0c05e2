/** What gateways are made of: the HTTP front door, and sockets for events. */
export { createEdge, type GatewayPlatform } from './edge.ts';
