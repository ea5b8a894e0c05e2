/** A component and a capability that the product does not have: added by this folder, a row and a line (see ../toys.test.ts). */
import type { Capability, CapabilityRow } from '../../../model/capabilities.ts';
import { endpoint, expr } from '../../../model/expression.ts';
import { defineComponent } from '../../define.ts';
import { http, instanceOf, portNumber, tcp } from '../../shared.ts';

/** As in model/capabilities.ts. */
export const leases: CapabilityRow = {
  title: 'leases',
  prefix: 'LEASES',
  schemes: ['janus:', 'postgres:'],
  // As the port that a runtime with leases would have.
  need: 'leases' as CapabilityRow['need'],
  claim: 'uses',
  declared: true,
  optional: false,
  whenAway: 'wait',
  embedded: { on: 'server', database: 'hometrip_leases', means: 'advisory locks' },
};

export const janus = defineComponent({
  kind: 'janus',
  description: 'Janus: leases with two faces',
  version: { default: '3', of: 'Version of Janus.' },
  params: { port: portNumber(7788, 'Port on the loopback interface.') },
  capabilities: ['leases' as Capability],
  schemes: { 'janus:': 7788 },
  listens: ({ port }) => [tcp('janus', 7788, port), http('metrics', 7799)],
  data: '/var/lib/janus',
  runs: ({ name, params: { version } }) => ({
    image: `example/janus:${version}`,
    secrets: [{ secret: `${name}-password`, env: 'JANUS_PASSWORD_FILE' }],
    files: [{ source: `${instanceOf('janus', name)}/janus.conf`, path: '/etc/janus.conf' }],
    health: { kind: 'exec', command: ['janus', 'ping'], startPeriodSeconds: 5 },
  }),
  connect: ({ name }) => ({
    url: expr`janus://shop@${endpoint(name, 'janus')}`,
    secret: `${name}-password`,
    settings: { FACES: '2' },
  }),
  elsewhere: ({ stack }) => ({ namespace: stack }),
  secrets: ({ name }) => [{ name: `${name}-password`, kind: 'password', description: 'Clients of Janus.' }],
  metrics: ({ name }) => [{ workload: name, port: 'metrics', path: '/metrics' }],
  files: ({ component: { name }, stack }) => [
    {
      path: `${instanceOf('janus', name)}/janus.conf`,
      content: `realm ${stack.name}\n`,
      origin: 'janus',
    },
  ],
  datasource: { port: 'metrics', type: 'janus' },
  monitoring: {
    alerts: [
      {
        alert: 'DoorStuck',
        expr: 'sum by (service) (janus_leases) > 100',
        for: '5m',
        severity: 'ticket',
        summary: 'Leases of {{ $labels.service }} are not given back',
        runbook: 'Find who holds them.',
      },
    ],
    panels: [
      { title: 'Leases', expr: 'sum by (service) (janus_leases)', unit: 'short', legend: '{{service}}' },
    ],
  },
});
