import { amqpAddress, amqpSchemes } from '@hometrip/runtime/addresses';
import { z } from 'zod';
import { endpoint, expr } from '../../model/expression.ts';
import type { ComponentKind } from '../component.ts';
import {
  componentWorkload,
  dropsToOwnUser,
  http,
  namespace,
  portNumber,
  tcp,
  versionParam,
} from '../shared.ts';

const params = z.strictObject({
  version: versionParam('4').describe('Version of RabbitMQ.'),
  port: portNumber(5672, 'AMQP port on the loopback interface.'),
  managementPort: portNumber(15672, 'Port of its web page on the loopback interface.'),
});
type Params = z.infer<typeof params>;

/** The broker: every service that publishes or subscribes speaks to it. */
export const rabbitmq: ComponentKind<Params> = {
  kind: 'rabbitmq',
  description: 'RabbitMQ: the event bus',
  replicable: false,
  capabilities: ['events'],
  schemes: amqpSchemes,
  readAddress: amqpAddress,
  params,
  ports: ({ port, managementPort }) => ({ amqp: port, management: managementPort }),
  workload: ({ name, params: { version, port, managementPort }, limits }) =>
    componentWorkload({
      name,
      image: `rabbitmq:${version}-management-alpine`,
      // The image has no *_FILE variables any more: read the secret in the container, where only the server sees it.
      command: [
        'sh',
        '-c',
        'RABBITMQ_DEFAULT_PASS="$(cat "$RABBITMQ_PASSWORD_FILE")" exec docker-entrypoint.sh rabbitmq-server',
      ],
      environment: { RABBITMQ_DEFAULT_USER: 'hometrip', RABBITMQ_NODENAME: `rabbit@${name}` },
      secrets: [{ secret: `${name}-password`, env: 'RABBITMQ_PASSWORD_FILE' }],
      ports: [tcp('amqp', 5672, port), http('management', 15672, managementPort), http('metrics', 15692)],
      volumes: [{ name: `${name}-data`, path: '/var/lib/rabbitmq' }],
      health: {
        kind: 'exec',
        command: ['rabbitmq-diagnostics', '--quiet', 'check_port_connectivity'],
        startPeriodSeconds: 60,
      },
      limits,
      capabilities: dropsToOwnUser,
      stopGrace: 60,
    }),
  bindings: ({ name, stack, external, service }) =>
    service.uses.includes(name)
      ? [
          {
            capability: 'events',
            component: name,
            env: 'EVENTS_URL',
            url: external ?? expr`amqp://hometrip@${endpoint(name, 'amqp')}`,
            secret: external === undefined ? `${name}-password` : undefined,
            ...(external !== undefined && { settings: namespace('EVENTS_URL', stack) }),
          },
        ]
      : [],
  metrics: ({ name }) => [{ workload: name, port: 'metrics', path: '/metrics' }],
  console: () => ({ port: 'management', path: '/' }),
  secrets: ({ name }) => [
    { name: `${name}-password`, kind: 'password', description: 'User hometrip of RabbitMQ.' },
  ],
  monitoring: () => ({
    alerts: [
      {
        alert: 'BrokerBacklog',
        expr: 'sum(rabbitmq_queue_messages_ready) > 1000',
        for: '10m',
        severity: 'ticket',
        summary: 'More than 1,000 events wait in RabbitMQ',
        runbook: 'Find the queue that grows in the management page; scale or mend its consumer.',
      },
    ],
    panels: [
      { title: 'Events waiting', expr: 'sum(rabbitmq_queue_messages_ready)', unit: 'short', legend: 'ready' },
      {
        title: 'Events published per second',
        expr: 'sum(rate(rabbitmq_global_messages_received_total[5m]))',
        unit: 'ops',
        legend: 'published',
      },
    ],
  }),
};
