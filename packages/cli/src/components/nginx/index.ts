import { z } from 'zod';
import type { ComponentKind } from '../component.ts';
import { componentWorkload, portNumber, versionParam } from '../shared.ts';

const params = z.strictObject({
  version: versionParam('1.28').describe('Version of nginx.'),
  http: portNumber(80, 'Public port for HTTP.'),
  https: portNumber(443, 'Public port for HTTPS.'),
  tls: z
    // An unquoted `off` is false for readers of YAML 1.1.
    .union([z.enum(['off', 'files']), z.literal(false).transform(() => 'off' as const)])
    .default('off')
    .describe('off, or files: the secrets tls-certificate and tls-key, PEM files of yours.'),
});
type Params = z.infer<typeof params>;

/** The edge: the only component on the public network besides the gateways it forwards to. */
export const nginx: ComponentKind<Params> = {
  kind: 'nginx',
  description: 'nginx: the edge',
  replicable: false,
  capabilities: [],
  schemes: {},
  params,
  ports: (parameters) => ({ http: parameters.http, https: parameters.https }),
  workload: ({ name, params: parameters, limits, services }) =>
    componentWorkload({
      name,
      image: `nginx:${parameters.version}-alpine`,
      ports: [
        { name: 'http', container: 80, published: parameters.http, public: true, protocol: 'http' },
        {
          name: 'https',
          container: 443,
          published: parameters.tls === 'off' ? undefined : parameters.https,
          public: true,
          protocol: 'http',
        },
      ],
      secrets:
        parameters.tls === 'files'
          ? [
              { secret: 'tls-certificate', env: 'TLS_CERTIFICATE_FILE' },
              { secret: 'tls-key', env: 'TLS_KEY_FILE' },
            ]
          : [],
      volumes: [{ name: `${name}-cache`, path: '/var/cache/nginx' }],
      files: [
        { source: 'nginx/nginx.conf', path: '/etc/nginx/nginx.conf' },
        { source: 'nginx/proxy_params.conf', path: '/etc/nginx/proxy_params.conf' },
      ],
      health: { kind: 'http', port: 'http', path: '/nginx/health', startPeriodSeconds: 10 },
      limits,
      dependsOn: services.filter((service) => service.public).map((service) => service.name),
      networks: ['private', 'public'],
      capabilities: ['CHOWN', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
      scratch: ['/run', '/tmp'],
      readOnly: true,
    }),
  bindings: () => [],
  metrics: () => [],
  console: () => undefined,
  secrets: ({ params: { tls } }) =>
    tls === 'files'
      ? [
          { name: 'tls-certificate', kind: 'key', description: 'PEM certificate chain of the edge.' },
          { name: 'tls-key', kind: 'key', description: 'PEM private key of the edge.' },
        ]
      : [],
  monitoring: () => ({ alerts: [], panels: [] }),
};
