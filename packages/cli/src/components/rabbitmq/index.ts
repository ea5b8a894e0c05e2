import { amqpAddress, amqpSchemes } from '@hometrip/runtime/addresses';
import { endpoint, expr } from '../../model/expression.ts';
import { defineComponent } from '../define.ts';
import { dropsToOwnUser, http, portNumber, tcp } from '../shared.ts';

/** The broker: every service that publishes or subscribes speaks to it. */
export const rabbitmq = defineComponent({
  kind: 'rabbitmq',
  description: 'RabbitMQ: the event bus',
  version: { default: '4', of: 'Version of RabbitMQ.' },
  params: {
    port: portNumber(5672, 'AMQP port on the loopback interface.'),
    managementPort: portNumber(15672, 'Port of its web page on the loopback interface.'),
  },
  capabilities: ['events'],
  schemes: amqpSchemes,
  readAddress: amqpAddress,
  listens: ({ port, managementPort }) => [
    tcp('amqp', 5672, port),
    http('management', 15672, managementPort),
    http('metrics', 15692),
  ],
  data: '/var/lib/rabbitmq',
  runs: ({ name, params: { version } }) => ({
    image: `rabbitmq:${version}-management-alpine`,
    // The image has no *_FILE variables any more: read the secret in the container, where only the server sees it.
    command: [
      'sh',
      '-c',
      'RABBITMQ_DEFAULT_PASS="$(cat "$RABBITMQ_PASSWORD_FILE")" exec docker-entrypoint.sh rabbitmq-server',
    ],
    environment: { RABBITMQ_DEFAULT_USER: 'hometrip', RABBITMQ_NODENAME: `rabbit@${name}` },
    secrets: [{ secret: `${name}-password`, env: 'RABBITMQ_PASSWORD_FILE' }],
    health: {
      kind: 'exec',
      command: ['rabbitmq-diagnostics', '--quiet', 'check_port_connectivity'],
      startPeriodSeconds: 60,
    },
    capabilities: dropsToOwnUser,
    stopGrace: 60,
  }),
  connect: ({ name }) => ({
    url: expr`amqp://hometrip@${endpoint(name, 'amqp')}`,
    secret: `${name}-password`,
  }),
  elsewhere: ({ stack }) => ({ namespace: stack }),
  metrics: ({ name }) => [{ workload: name, port: 'metrics', path: '/metrics' }],
  console: () => ({ port: 'management', path: '/' }),
  secrets: ({ name }) => [
    { name: `${name}-password`, kind: 'password', description: 'User hometrip of RabbitMQ.' },
  ],
  monitoring: {
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
  },
});
