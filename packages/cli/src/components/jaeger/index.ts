import { otlpAddress, otlpSchemes } from '@hometrip/runtime/addresses';
import { z } from 'zod';
import { endpoint, expr } from '../../model/expression.ts';
import type { ComponentKind } from '../component.ts';
import { componentWorkload, http, portNumber, versionParam } from '../shared.ts';

const params = z.strictObject({
  version: versionParam('2.20.0').describe('Version of Jaeger.'),
  port: portNumber(16686, 'Port of its web page on the loopback interface.'),
});
type Params = z.infer<typeof params>;

/** Receives traces over OTLP and shows them as waterfalls. */
export const jaeger: ComponentKind<Params> = {
  kind: 'jaeger',
  description: 'Jaeger: traces',
  replicable: false,
  capabilities: ['traces'],
  schemes: otlpSchemes,
  readAddress: otlpAddress,
  params,
  ports: ({ port }) => ({ http: port }),
  workload: ({ name, params: { version, port }, limits }) =>
    componentWorkload({
      name,
      image: `jaegertracing/jaeger:${version}`,
      ports: [http('http', 16686, port), http('otlp', 4318), http('metrics', 8888), http('health', 13133)],
      health: { kind: 'http', port: 'health', path: '/status', startPeriodSeconds: 20 },
      limits,
      scratch: ['/tmp'],
      readOnly: true,
    }),
  bindings: ({ name, external }) => [
    {
      capability: 'traces',
      component: name,
      env: 'TRACES_URL',
      url: external ?? expr`http://${endpoint(name, 'otlp')}`,
      secret: undefined,
    },
  ],
  metrics: ({ name }) => [{ workload: name, port: 'metrics', path: '/metrics' }],
  console: () => ({ port: 'http', path: '/' }),
  secrets: () => [],
  monitoring: () => ({ alerts: [], panels: [] }),
};
