/** One typed client package over all services, from their OpenAPI documents. */
import type { PlannedFile } from '../../files/planned-file.ts';
import type { Stack } from '../../model/stack.ts';
import { templates } from '../../platform/templates.ts';
import { serviceDocument } from '../openapi/service-document.ts';
import type { Renderer } from '../renderer.ts';
import { json } from '../services/documents.ts';
import { importLine, fit } from '../services/source.ts';
import { serviceModule } from './service-module.ts';

const folder = 'clients/typescript';

export const clientRenderer: Renderer = {
  id: 'client',
  description: 'One typed client package over all services',
  render: renderClient,
};

export function renderClient(stack: Stack): PlannedFile[] {
  const modules = stack.services
    .map((service) => ({ service, ...serviceModule(serviceDocument(service)) }))
    .filter(({ groups }) => groups.length > 0);
  const file = (path: string, content: string): PlannedFile => ({
    path: `${folder}/${path}`,
    content,
    origin: 'client',
  });
  const groups = modules.flatMap((module) =>
    module.groups.map((group) => ({ group, service: module.service.name })),
  );
  const taken = new Set<string>();
  const types = modules.map(({ service, types: names }) => ({
    service,
    names: names.filter((name) => !taken.has(name) && taken.add(name)),
  }));
  const entity = stack.services.flatMap(({ entities }) => entities)[0];
  return [
    ...modules.map(({ service, text }) => file(`src/${service.name}.ts`, text)),
    file('src/http.ts', templates.render('client/src/http.ts.hbs', { stack: stack.name })),
    ...(hasSockets(stack)
      ? [file('src/socket.ts', templates.render('client/src/socket.ts.hbs', { stack: stack.name }))]
      : []),
    file(
      'src/index.ts',
      templates.render('client/src/index.ts.hbs', {
        imports: [
          "import { type ClientOptions, createSend } from './http.ts';",
          ...modules.map(({ service, groups: names }) => importLine(names, `./${service.name}.ts`)),
        ].join('\n'),
        exports: types
          .filter(({ names }) => names.length > 0)
          .map(({ service, names }) =>
            fit(0, 'export type {', [...names].sort(), `} from './${service.name}.ts';`),
          ),
        groups: groups.map(({ group }) => `${group}: ${group}(send),`),
        hasGroups: groups.length > 0,
        hasSockets: hasSockets(stack),
      }),
    ),
    ...(entity === undefined
      ? []
      : [
          file(
            'tests/client.test.ts',
            templates.render('client/tests/client.test.ts.hbs', {
              path: `/api/v1/${entity.names.path}`,
              collection: entity.names.plural,
            }),
          ),
        ]),
    file(
      'package.json',
      json({
        name: `@${stack.name}/client`,
        version: '1.0.0',
        private: true,
        type: 'module',
        engines: { node: '>=24' },
        exports: { '.': './src/index.ts' },
      }),
    ),
    file(
      'README.md',
      templates.render('client/README.md.hbs', {
        stack: stack.name,
        port: String(gatewayPort(stack)),
        collection: entity?.names.plural ?? '',
        hasCollection: entity !== undefined,
        hasSockets: hasSockets(stack),
        hasGroups: groups.length > 0,
        groups,
      }),
    ),
  ];
}

/** Where the API is reached on the developer's own machine. */
const gatewayPort = (stack: Stack): number =>
  (stack.services.find(({ blueprint }) => blueprint === 'api-gateway') ?? stack.services[0])?.port ?? 80;

const hasSockets = (stack: Stack): boolean =>
  stack.services.some(({ blueprint }) => blueprint === 'websocket-gateway');
