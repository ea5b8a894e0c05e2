import { otlpAddress, otlpSchemes } from '@hometrip/runtime/addresses';
import { endpoint, expr } from '../../model/expression.ts';
import { defineComponent } from '../define.ts';
import { http, portNumber } from '../shared.ts';

/** Receives traces over OTLP and shows them as waterfalls. */
export const jaeger = defineComponent({
  kind: 'jaeger',
  description: 'Jaeger: traces',
  version: { default: '2.20.0', of: 'Version of Jaeger.' },
  params: { port: portNumber(16686, 'Port of its web page on the loopback interface.') },
  capabilities: ['traces'],
  schemes: otlpSchemes,
  readAddress: otlpAddress,
  listens: ({ port }) => [
    http('http', 16686, port),
    http('otlp', 4318),
    http('metrics', 8888),
    http('health', 13133),
  ],
  runs: ({ params: { version } }) => ({
    image: `jaegertracing/jaeger:${version}`,
    health: { kind: 'http', port: 'health', path: '/status', startPeriodSeconds: 20 },
    scratch: ['/tmp'],
    readOnly: true,
  }),
  connect: ({ name }) => ({ url: expr`http://${endpoint(name, 'otlp')}` }),
  metrics: ({ name }) => [{ workload: name, port: 'metrics', path: '/metrics' }],
  console: () => ({ port: 'http', path: '/' }),
  datasource: { port: 'http', type: 'jaeger' },
  embedded: { instead: 'logs carry trace ids' },
});
