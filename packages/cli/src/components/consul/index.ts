import { consulAddress, consulSchemes } from '@hometrip/runtime/addresses';
import { endpoint, expr } from '../../model/expression.ts';
import { defineComponent } from '../define.ts';
import { dropsToOwnUser, http, portNumber } from '../shared.ts';

/** Who is there and healthy: every instance registers itself, every caller looks here. */
export const consul = defineComponent({
  kind: 'consul',
  description: 'Consul: service discovery',
  version: { default: '1', of: 'Version of Consul.' },
  params: { port: portNumber(8500, 'Port of its API and web page on the loopback interface.') },
  capabilities: ['registry'],
  schemes: consulSchemes,
  readAddress: consulAddress,
  listens: ({ port }) => [http('http', 8500, port)],
  data: '/consul/data',
  runs: ({ name, params: { version } }) => ({
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
    health: { kind: 'exec', command: ['consul', 'operator', 'raft', 'list-peers'], startPeriodSeconds: 30 },
    capabilities: dropsToOwnUser,
  }),
  connect: ({ name }) => ({ url: expr`consul://${endpoint(name, 'http')}` }),
  metrics: ({ name }) => [{ workload: name, port: 'http', path: '/v1/agent/metrics?format=prometheus' }],
  console: () => ({ port: 'http', path: '/ui/' }),
});
