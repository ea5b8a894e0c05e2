/** A valid spec of any size, as a person would write it: for benchmarks and for tests of what must not be quadratic. */

/** At most 50,000 services: there are no more ports. */
export function bigSpec(services: number): string {
  const indices = Array.from({ length: services }, (_, index) => index);
  const name = (index: number): string => `shop${index}`;
  return `name: big
version: 1

components:
  postgres: {}
  redis: {}
  rabbitmq: {}
  consul: {}

events:
${indices.map((index) => `  order${index}.created: { order${index}Id: uuid, owner: uuid, total: money }`).join('\n')}

gateways:
  api-gateway: { port: 3001, public: true, uses: [redis] }

services:
${indices.map((index) => service(name(index), index, services)).join('\n')}
`;

  function service(own: string, index: number, count: number): string {
    // Each calls two before it and hears of what the next one does: no circles of calls, every event has a subscriber.
    const calls = [index - 1, index - 2]
      .filter((other) => other >= 0)
      .map((other) => `${name(other)}-service`);
    return `  ${own}-service:
    port: ${11_000 + index}
    replicas: ${(index % 3) + 1}
    database: postgres
    calls: [${calls.join(', ')}]
    publishes: [order${index}.created]
    subscribes: [order${(index + 1) % count}.created]
    limits: { cpus: 0.25, memory: 256M }
    entities:
      order${index}:
        owner: user
        title: string(120)
        status: enum(draft, placed, shipped) = draft
        quantity: int(1..50) = 1
        tags: string(40)[] = []
        total: money
        currency: currency = EUR
        note: text?
      line${index}:
        order${index}Id: order${index}
        owner: user
        price: money
        amount: number(0..1000)
        shippedAt: datetime?
`;
  }
}
