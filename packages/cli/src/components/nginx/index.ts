import { z } from 'zod';
import { defineComponent } from '../define.ts';
import { http, instanceOf, portNumber } from '../shared.ts';
import { configFiles } from './config.ts';

const folderOf = (name: string): string => instanceOf('nginx', name);

/** The edge: the only component on the public network besides the gateways it forwards to. */
export const nginx = defineComponent({
  kind: 'nginx',
  description: 'nginx: the edge',
  version: { default: '1.28', of: 'Version of nginx.' },
  params: {
    http: portNumber(80, 'Public port for HTTP.'),
    https: portNumber(443, 'Public port for HTTPS.'),
    tls: z
      // An unquoted `off` is false for readers of YAML 1.1.
      .union([z.enum(['off', 'files']), z.literal(false).transform(() => 'off' as const)])
      .default('off')
      .describe('off, or files: the secrets tls-certificate and tls-key, PEM files of yours.'),
  },
  single: true,
  listens: ({ http: plain, https, tls }) => [
    { ...http('http', 80, plain), public: true },
    { ...http('https', 443, tls === 'off' ? undefined : https), public: true },
  ],
  runs: ({ name, params: { version, tls }, services }) => ({
    image: `nginx:${version}-alpine`,
    secrets:
      tls === 'files'
        ? [
            { secret: 'tls-certificate', env: 'TLS_CERTIFICATE_FILE' },
            { secret: 'tls-key', env: 'TLS_KEY_FILE' },
          ]
        : [],
    volumes: [{ name: `${name}-cache`, path: '/var/cache/nginx' }],
    files: [
      { source: `${folderOf(name)}/nginx.conf`, path: '/etc/nginx/nginx.conf' },
      { source: `${folderOf(name)}/proxy_params.conf`, path: '/etc/nginx/proxy_params.conf' },
    ],
    health: { kind: 'http', port: 'http', path: '/nginx/health', startPeriodSeconds: 10 },
    dependsOn: services.filter((service) => service.public).map((service) => service.name),
    networks: ['private', 'public'],
    capabilities: ['CHOWN', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
    scratch: ['/run', '/tmp'],
    readOnly: true,
  }),
  secrets: ({ params: { tls } }) =>
    tls === 'files'
      ? [
          { name: 'tls-certificate', kind: 'key', description: 'PEM certificate chain of the edge.' },
          { name: 'tls-key', kind: 'key', description: 'PEM private key of the edge.' },
        ]
      : [],
  files: ({ params: { tls }, ...input }) => configFiles(input, tls, folderOf(input.component.name)),
  wholeRates: true,
  embedded: 'edge',
});
