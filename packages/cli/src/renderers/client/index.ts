/** One typed client package over all services, from their OpenAPI documents. */
import type { PlannedFile } from '../../files/planned-file.ts';
import { hasRole } from '../../model/blueprints.ts';
import { clientGroup, pascalCase, shortName } from '../../model/names.ts';
import type { Stack } from '../../model/stack.ts';
import { serviceDocument } from '../openapi/service-document.ts';
import type { RenderContext, Renderer } from '../renderer.ts';
import { json } from '../services/documents.ts';
import { importLine, fit } from '../services/source.ts';
import { serviceModule } from './service-module.ts';

const folder = 'clients/typescript';

export const clientRenderer: Renderer = {
  id: 'client',
  description: 'One typed client package over all services',
  render: renderClient,
};

export function renderClient(stack: Stack, { templates }: Pick<RenderContext, 'templates'>): PlannedFile[] {
  const ownModules = templates.files('client/src');
  const modules = stack.services
    .map((service) => ({
      service,
      // A service may be called as one of the client's own modules.
      module: ownModules.includes(`${service.name}.ts.hbs`) ? `${service.name}-service` : service.name,
      ...serviceModule(serviceDocument(service, templates)),
    }))
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
  // Two services may each have a type of one name: the later one's gets its service's name in front.
  const types = modules.map(({ service, module, types: names }) => ({
    module,
    names: names.map((name) => {
      if (!taken.has(name)) return taken.add(name) && name;
      return `${name} as ${pascalCase(shortName(service.name))}${name}`;
    }),
  }));
  const entity = stack.services.flatMap(({ entities }) => entities)[0];
  return [
    ...modules.map(({ module, text }) => file(`src/${module}.ts`, text)),
    file('src/http.ts', templates.render('client/src/http.ts.hbs', { stack: stack.name })),
    ...(hasSockets(stack)
      ? [file('src/socket.ts', templates.render('client/src/socket.ts.hbs', { stack: stack.name }))]
      : []),
    file(
      'src/index.ts',
      templates.render('client/src/index.ts.hbs', {
        imports: [
          "import { type ClientOptions, createSend } from './http.ts';",
          ...modules.map(({ module, groups: names }) => importLine(names, `./${module}.ts`)),
        ].join('\n'),
        exports: types
          .filter(({ names }) => names.length > 0)
          .map(({ module, names }) => fit(0, 'export type {', [...names].sort(), `} from './${module}.ts';`)),
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
              collection: clientGroup(entity.names.path),
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
        collection: entity === undefined ? '' : clientGroup(entity.names.path),
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
  (stack.services.find(hasRole('front')) ?? stack.services[0])?.port ?? 80;

const hasSockets = (stack: Stack): boolean => stack.services.some(hasRole('sockets'));
