/** One typed client package over all services, from their OpenAPI documents. */
import type { OpenApiDocument } from '@hometrip/runtime/openapi';
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

export function renderClient(
  stack: Stack,
  context: Pick<RenderContext, 'templates' | 'codeDocuments'>,
): PlannedFile[] {
  const { templates } = context;
  const ownModules = templates.files('client/src');
  const modules = stack.services
    .map((service) => ({
      service,
      // A service may be called as one of the client's own modules.
      module: ownModules.includes(`${service.name}.ts.hbs`) ? `${service.name}-service` : service.name,
      ...serviceModule(reachable(serviceDocument(service, context), service.name, stack)),
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
  const own = ['http', ...(hasSockets(stack) ? ['socket'] : [])];
  const exported = types.filter(({ names }) => names.length > 0);
  const index = {
    hasGroups: groups.length > 0,
    hasSockets: hasSockets(stack),
  };
  const typeExports = (extension: 'ts' | 'js'): string[] =>
    exported.map(({ module, names }) =>
      fit(0, 'export type {', [...names].sort(), `} from './${module}.${extension}';`),
    );
  return [
    ...modules.flatMap(({ module, text }) => [
      file(`src/${module}.ts`, text.ts),
      file(`lib/${module}.js`, text.js),
      file(`lib/${module}.d.ts`, text['d.ts']),
    ]),
    ...own.flatMap((name) =>
      [`src/${name}.ts`, `lib/${name}.js`, `lib/${name}.d.ts`].map((path) =>
        file(path, templates.render(`client/${path}.hbs`, { stack: stack.name })),
      ),
    ),
    file(
      'lib/index.js',
      templates.render('client/lib/index.js.hbs', {
        ...index,
        imports: [
          ...modules.map(({ module, groups: names }) => importLine(names, `./${module}.js`)),
          "import { createSend } from './http.js';",
        ]
          .sort(byPath)
          .join('\n'),
        groups: groups.map(({ group }) => `${group}: ${group}(send),`),
      }),
    ),
    file(
      'lib/index.d.ts',
      templates.render('client/lib/index.d.ts.hbs', {
        ...index,
        imports: [
          ...modules.map(({ module, groups: names }) =>
            importLine(
              names.map((name) => `type ${name}`),
              `./${module}.js`,
            ),
          ),
          "import type { ClientOptions } from './http.js';",
        ]
          .sort(byPath)
          .join('\n'),
        exports: typeExports('js'),
        groups: groups.map(({ group }) => `readonly ${group}: ReturnType<typeof ${group}>;`),
      }),
    ),
    file(
      'src/index.ts',
      templates.render('client/src/index.ts.hbs', {
        imports: [
          "import { type ClientOptions, createSend } from './http.ts';",
          ...modules.map(({ module, groups: names }) => importLine(names, `./${module}.ts`)),
        ].join('\n'),
        ...index,
        exports: typeExports('ts'),
        groups: groups.map(({ group }) => `${group}: ${group}(send),`),
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
        description: `All services of ${stack.name}, typed, over fetch`,
        type: 'module',
        sideEffects: false,
        engines: { node: '>=22' },
        exports: { '.': { types: './lib/index.d.ts', default: './lib/index.js' } },
        files: ['lib'],
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

const byPath = (a: string, b: string): number => (pathOf(a) < pathOf(b) ? -1 : 1);
const pathOf = (line: string): string => line.slice(line.lastIndexOf(' from '));

/** What clients reach of a service: what its own code has at other paths, the gateway does not pass on. */
function reachable(document: OpenApiDocument, service: string, { routes }: Stack): OpenApiDocument {
  const prefixes = routes.filter((route) => route.service === service).map(({ prefix }) => prefix);
  const isBelow = (path: string): boolean =>
    prefixes.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
  return {
    ...document,
    paths: Object.fromEntries(Object.entries(document.paths).filter(([path]) => isBelow(path))),
  };
}

/** Where the API is reached on the developer's own machine. */
const gatewayPort = (stack: Stack): number =>
  (stack.services.find(hasRole('front')) ?? stack.services[0])?.port ?? 80;

const hasSockets = (stack: Stack): boolean => stack.services.some(hasRole('sockets'));
