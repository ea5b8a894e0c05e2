import { elasticsearchAddress, elasticsearchSchemes } from '@hometrip/runtime/addresses';
import { z } from 'zod';
import { endpoint, expr } from '../../model/expression.ts';
import type { ComponentKind } from '../component.ts';
import type { Binding, Capability } from '../../model/stack.ts';
import { componentWorkload, http, portNumber, versionParam } from '../shared.ts';

const params = z.strictObject({
  version: versionParam('9.4.2').describe('Full version of Elasticsearch: its images have no short tags.'),
  port: portNumber(9200, 'Port on the loopback interface.'),
});
type Params = z.infer<typeof params>;

const variables: readonly (readonly [Capability, string])[] = [
  ['documents', 'DOCUMENTS_URL'],
  ['search', 'SEARCH_URL'],
];

/** Full text, geo and facets; also keeps the entities of the services that search. */
export const elasticsearch: ComponentKind<Params> = {
  kind: 'elasticsearch',
  description: 'Elasticsearch: full text and geo search',
  replicable: false,
  capabilities: ['documents', 'search'],
  schemes: elasticsearchSchemes,
  readAddress: elasticsearchAddress,
  params,
  ports: ({ port }) => ({ http: port }),
  workload: ({ name, params: { version, port }, limits }) => {
    const heap = `${Math.floor(limits.memory / 2 / 2 ** 20)}m`;
    return componentWorkload({
      name,
      image: `docker.elastic.co/elasticsearch/elasticsearch:${version}`,
      command: [
        'sh',
        '-c',
        'ELASTIC_PASSWORD="$(cat "$SEARCH_ROOT_PASSWORD_FILE")" exec /usr/local/bin/docker-entrypoint.sh eswrapper',
      ],
      environment: {
        'discovery.type': 'single-node',
        'xpack.security.enabled': 'true',
        // The private network carries plain HTTP; certificates come with an external cluster.
        'xpack.security.http.ssl.enabled': 'false',
        'ingest.geoip.downloader.enabled': 'false',
        ES_JAVA_OPTS: `-Xms${heap} -Xmx${heap}`,
      },
      secrets: [{ secret: `${name}-password`, env: 'SEARCH_ROOT_PASSWORD_FILE' }],
      ports: [http('http', 9200, port)],
      volumes: [{ name: `${name}-data`, path: '/usr/share/elasticsearch/data' }],
      health: {
        kind: 'exec',
        command: [
          'sh',
          '-c',
          'curl -fsS -u "elastic:$(cat "$SEARCH_ROOT_PASSWORD_FILE")" "http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=2s" >/dev/null',
        ],
        startPeriodSeconds: 90,
      },
      limits,
      stopGrace: 60,
    });
  },
  bindings: ({ name, external, service }) =>
    service.database === name || service.uses.includes(name)
      ? variables.map(
          ([capability, env]): Binding => ({
            capability,
            component: name,
            env,
            url: external ?? expr`elasticsearch://elastic@${endpoint(name, 'http')}`,
            secret: external === undefined ? `${name}-password` : undefined,
          }),
        )
      : [],
  metrics: () => [],
  console: () => undefined,
  secrets: ({ name }) => [
    { name: `${name}-password`, kind: 'password', description: 'User elastic of Elasticsearch.' },
  ],
  monitoring: () => ({ alerts: [], panels: [] }),
};
