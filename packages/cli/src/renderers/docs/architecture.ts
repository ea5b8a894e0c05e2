import { hasRole } from '../../model/blueprints.ts';
import type { Stack } from '../../model/stack.ts';
import { table } from './markdown.ts';

export function architecture(stack: Stack): string {
  return `# Architecture of ${stack.name}

## Who calls whom
Solid arrows are requests, dotted ones connections to a store.

\`\`\`mermaid
flowchart LR
${topology(stack)
  .map((line) => `  ${line}`)
  .join('\n')}
\`\`\`

## Paths at the edge
${table(
  ['path', 'service', 'limit'],
  stack.routes.map(({ prefix, service, rateLimit }) => [`\`${prefix}\``, service, rateLimit ?? '–']),
)}

## Events
A publisher writes an event in the transaction that causes it (outbox); a consumer's effect happens once (inbox).

${table(
  ['event', 'published by', 'consumed by', 'fields'],
  stack.events.map(({ name, publishers, subscribers, fields }) => [
    `\`${name}\``,
    publishers.join(', ') || '–',
    subscribers.join(', ') || '–',
    fields.map((field) => `\`${field.name}\``).join(' '),
  ]),
)}

## Targets
${table(
  ['service', 'availability', 'latency', 'CPU', 'memory'],
  stack.services.map(({ name, slo, limits }) => [
    name,
    `${Number((slo.availability * 100).toPrecision(6))} %`,
    `${slo.latencyMs} ms at p${Number((slo.quantile * 100).toPrecision(6))}`,
    String(limits.cpus),
    `${Math.round(limits.memory / 2 ** 20)} MiB`,
  ]),
)}
`;
}

function topology(stack: Stack): string[] {
  const id = (name: string) => name.replaceAll('-', '_');
  const stores = [
    ...new Set(stack.services.flatMap(({ database }) => (database === undefined ? [] : [database]))),
  ].sort();
  const gateways = stack.services.filter(({ kind }) => kind === 'gateway');
  const front = gateways.find(hasRole('front'));
  const behind = new Set(stack.routes.map(({ service }) => service));
  return [
    ...gateways.map(({ name }) => `${id(name)}([${name}])`),
    ...stack.services.filter(({ kind }) => kind === 'service').map(({ name }) => `${id(name)}[${name}]`),
    ...stores.map((name) => `${id(name)}[(${name})]`),
    ...(front === undefined
      ? []
      : stack.services
          .filter(({ name }) => behind.has(name))
          .map(({ name }) => `${id(front.name)} --> ${id(name)}`)),
    ...stack.services.flatMap(({ name, calls }) => calls.map((target) => `${id(name)} --> ${id(target)}`)),
    ...stack.services.flatMap(({ name, database }) =>
      database === undefined ? [] : [`${id(name)} -.-> ${id(database)}`],
    ),
  ];
}
