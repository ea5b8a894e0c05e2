import { elasticsearchAddress, elasticsearchSchemes } from '@hometrip/runtime/addresses';
import { endpoint, expr } from '../../model/expression.ts';
import { defineComponent } from '../define.ts';
import { http, portNumber } from '../shared.ts';

/** Full text, geo and facets; also keeps the entities of the services that search. */
export const elasticsearch = defineComponent({
  kind: 'elasticsearch',
  description: 'Elasticsearch: full text and geo search',
  version: { default: '9.4.2', of: 'Full version of Elasticsearch: its images have no short tags.' },
  params: { port: portNumber(9200, 'Port on the loopback interface.') },
  capabilities: ['documents', 'search'],
  schemes: elasticsearchSchemes,
  readAddress: elasticsearchAddress,
  listens: ({ port }) => [http('http', 9200, port)],
  data: '/usr/share/elasticsearch/data',
  runs: ({ name, params: { version }, limits }) => {
    const heap = `${Math.floor(limits.memory / 2 / 2 ** 20)}m`;
    return {
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
      health: {
        kind: 'exec',
        command: [
          'sh',
          '-c',
          'curl -fsS -u "elastic:$(cat "$SEARCH_ROOT_PASSWORD_FILE")" "http://127.0.0.1:9200/_cluster/health?wait_for_status=yellow&timeout=2s" >/dev/null',
        ],
        startPeriodSeconds: 90,
      },
      stopGrace: 60,
    };
  },
  connect: ({ name }) => ({
    url: expr`elasticsearch://elastic@${endpoint(name, 'http')}`,
    secret: `${name}-password`,
  }),
  secrets: ({ name }) => [
    { name: `${name}-password`, kind: 'password', description: 'User elastic of Elasticsearch.' },
  ],
});
