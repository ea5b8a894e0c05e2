import { consulAddress, consulSchemes } from '@hometrip/runtime/addresses';
import { z } from 'zod';
import { endpoint, expr } from '../../model/expression.ts';
import type { ComponentKind } from '../component.ts';
import { componentWorkload, dropsToOwnUser, http, portNumber, versionParam } from '../shared.ts';

const params = z.strictObject({
  version: versionParam('1').describe('Version of Consul.'),
  port: portNumber(8500, 'Port of its API and web page on the loopback interface.'),
});
type Params = z.infer<typeof params>;

/** Who is there and healthy: every instance registers itself, every caller looks here. */
export const consul: ComponentKind<Params> = {
  kind: 'consul',
  description: 'Consul: service discovery',
  replicable: false,
  capabilities: ['registry'],
  schemes: consulSchemes,
  readAddress: consulAddress,
  params,
  ports: ({ port }) => ({ http: port }),
  workload: ({ name, params: { version, port }, limits }) =>
    componentWorkload({
      name,
      image: `hashicorp/consul:${version}`,
      command: [
        'agent',
        '-server',
        '-bootstrap-expect=1',
        '-ui',
        '-client=0.0.0.0',
        '-data-dir=/consul/data',
        `-node=${name}`,
      ],
      environment: {
        CONSUL_DISABLE_PERM_MGMT: '',
        CONSUL_LOCAL_CONFIG: '{"telemetry":{"prometheus_retention_time":"60s"},"disable_update_check":true}',
      },
      ports: [http('http', 8500, port)],
      volumes: [{ name: `${name}-data`, path: '/consul/data' }],
      health: { kind: 'exec', command: ['consul', 'operator', 'raft', 'list-peers'], startPeriodSeconds: 30 },
      limits,
      capabilities: dropsToOwnUser,
    }),
  bindings: ({ name, external }) => [
    {
      capability: 'registry',
      component: name,
      env: 'REGISTRY_URL',
      url: external ?? expr`consul://${endpoint(name, 'http')}`,
      secret: undefined,
    },
  ],
  metrics: ({ name }) => [{ workload: name, port: 'http', path: '/v1/agent/metrics?format=prometheus' }],
  console: () => ({ port: 'http', path: '/ui/' }),
  secrets: () => [],
  monitoring: () => ({ alerts: [], panels: [] }),
};
