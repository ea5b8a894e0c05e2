/** What the semantic conventions call the servers behind the URL schemes. */
const SYSTEMS: Readonly<Record<string, string>> = {
  postgres: 'postgresql',
  amqp: 'rabbitmq',
  amqps: 'rabbitmq',
  rediss: 'redis',
  'mongodb+srv': 'mongodb',
  https: 'elasticsearch',
};

/** @param url Of a port: `amqp://…` is `rabbitmq`. */
export function systemOf({ protocol }: URL): string {
  const scheme = protocol.slice(0, -1);
  return SYSTEMS[scheme] ?? scheme;
}
