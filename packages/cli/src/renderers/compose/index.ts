/** docker-compose.yml: every workload of the stack as a container, for Docker Compose v2 on one machine. */
import type { PlannedFile } from '../../files/planned-file.ts';
import { defined, generatedHeader, yamlText } from '../../files/serialise.ts';
import type { Stack } from '../../model/stack.ts';
import type { Renderer } from '../renderer.ts';
import { composeService } from './service.ts';

export const compose: Renderer = {
  id: 'compose',
  description: 'docker-compose.yml with its settings',
  render: (stack) => [composeFile(stack), settingsFile(stack)],
};

function composeFile(stack: Stack): PlannedFile {
  const byName = [...stack.workloads].sort((a, b) => (a.name < b.name ? -1 : 1));
  const volumes = byName.flatMap((workload) => workload.volumes.map((volume) => volume.name)).sort();
  const document = defined({
    name: stack.name,
    services: Object.fromEntries(byName.map((workload) => [workload.name, composeService(workload, stack)])),
    // Only the edge joins the public network; everybody talks to everybody on the private one.
    networks: { private: {}, public: {} },
    volumes: Object.fromEntries(volumes.map((volume) => [volume, {}])),
    secrets:
      stack.secrets.length === 0
        ? undefined
        : Object.fromEntries(
            stack.secrets.map(({ name }) => [
              name,
              { file: `\${HOMETRIP_SECRETS:-../.hometrip/secrets}/${name}` },
            ]),
          ),
  });
  return {
    path: 'docker-compose.yml',
    content: yamlText(document, [
      ...generatedHeader,
      'Start it with: hometrip build && docker compose --file generated/docker-compose.yml up --build --detach --wait',
    ]),
    origin: 'compose',
  };
}

/** The settings that docker-compose.yml reads, with their defaults; an address that services.yaml gives none has to be filled in. */
function settingsFile(stack: Stack): PlannedFile {
  const lines = [
    '# Copy to .env and change what you need. Passwords do not belong here: they are files, see HOMETRIP_SECRETS.',
    '',
    '# Tag of the images of the services.',
    'HOMETRIP_TAG=dev',
    '# Folder with one file for each secret of docker-compose.yml, mode 0600.',
    'HOMETRIP_SECRETS=../.hometrip/secrets',
    '# User and group that own those files; the services run as this user.',
    'HOMETRIP_USER=1000:1000',
    '# trace, debug, info, warn, error',
    'LOG_LEVEL=info',
  ];
  for (const { name, what, fallback } of externalVariables(stack))
    lines.push(`# Address of ${what}.`, `${name}=${fallback}`);
  return { path: '.env.example', content: `${lines.join('\n')}\n`, origin: 'compose' };
}

function externalVariables(stack: Stack): { name: string; what: string; fallback: string }[] {
  const addresses = stack.components.flatMap(({ name, external, addresses }) => [
    {
      // Services log in as themselves there; scripts/create-databases.sh asks for more.
      what: `a server outside of this stack (${name}), without a password where each service has its own`,
      address: external,
    },
    ...Object.entries(addresses).map(([service, address]) => ({
      what: `the database of ${service}`,
      address,
    })),
  ]);
  const byName = new Map<string, { name: string; what: string; fallback: string }>();
  for (const { what, address } of addresses) {
    for (const part of address === undefined || typeof address === 'string' ? [] : address.parts)
      if (typeof part !== 'string' && part.kind === 'environment' && !byName.has(part.variable))
        byName.set(part.variable, { name: part.variable, what, fallback: part.fallback ?? '' });
  }
  return [...byName.values()];
}
