/** The files around a service's code: package.json, Dockerfile, .env.example, README.md. */
import { resolveExpression } from '../../model/expression.ts';
import { describeService } from '../../model/blueprints.ts';
import { developmentPackages } from '../../model/packages.ts';
import type { Access, Service, Stack } from '../../model/stack.ts';
import type { RenderContext } from '../renderer.ts';
import type { BlueprintFiles } from './blueprint.ts';
import type { EntityModel } from './entity.ts';
import { type Operation, operationsOf } from './operations.ts';
import { accessSentence, whoMay } from './views/access.ts';
import { consumedEvents, contractsOf, storeKind } from './views/service.ts';

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** @param version of the runtime that the code is generated for */
export function packageJson(stack: Stack, service: Service, version: string): string {
  return json({
    name: `@${stack.name}/${service.name}`,
    version: '1.0.0',
    private: true,
    ...(service.description === undefined ? {} : { description: service.description }),
    type: 'module',
    engines: { node: '>=24' },
    scripts: {
      start: 'node src/main.ts',
      dev: `hometrip dev ${service.name}`,
      ...(storeKind(service) === 'sql' ? { migrate: 'node src/main.ts migrate' } : {}),
      openapi: 'node src/main.ts openapi',
      check: 'tsc',
      test: 'vitest run',
    },
    dependencies: { '@hometrip/runtime': `^${version}`, ...service.blueprint.packages },
    devDependencies: { '@hometrip/cli': `^${version}`, ...developmentPackages },
  });
}

/** What an editor and `npm run check` go by. Node runs the TypeScript as it is, so that nothing is ever emitted. */
export const tsconfig = json({
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['src', 'tests', 'vitest.config.ts'],
});

type Templates = Pick<RenderContext['templates'], 'render'>;

export const dockerfile = ({ name, port }: Service, templates: Templates): string =>
  templates.render('service/Dockerfile.hbs', {
    name,
    port: String(port),
    folder: `generated/services/${name}`,
  });

/** The service's folder is the context of its image. */
export const dockerignore = ({ name }: Service, templates: Templates): string =>
  templates.render('service/dockerignore.hbs', { name });

export function envExample(stack: Stack, service: Service, templates: Templates): string {
  const workload = stack.workloads.find(({ name }) => name === service.name);
  const values = {
    ...workload?.environment,
    HOST: '127.0.0.1',
    SERVICE_NAME: service.name,
    PORT: String(service.port),
  };
  const lines = Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${resolveExpression(value, (reference) => local(stack, reference))}`);
  const files = (workload?.secrets ?? []).map(({ env, secret }) => ({ name: env, secret }));
  const extra = Object.entries(service.blueprint.environment).filter(
    ([name]) => !Object.hasOwn(values, name) && !files.some((file) => file.name === `${name}_FILE`),
  );
  return templates.render('service/env.example.hbs', {
    name: service.name,
    lines,
    files,
    hasFiles: files.length > 0,
    extra: extra.map(([name, about]) => ({ name, about })),
    hasExtra: extra.length > 0,
  });
}

/** As seen from this machine: published ports on loopback. */
function local(stack: Stack, reference: Parameters<Parameters<typeof resolveExpression>[1]>[0]): string {
  if (reference.kind === 'environment') return `\${${reference.variable}}`;
  if (reference.kind === 'host') return '127.0.0.1';
  // Relative to the service's own folder.
  if (reference.kind === 'file') return `../../${reference.source}`;
  const port = stack.workloads
    .find(({ name }) => name === reference.workload)
    ?.ports.find(({ name }) => name === reference.port);
  return `127.0.0.1:${port?.published ?? port?.container ?? 0}`;
}

export function readme(
  stack: Stack,
  service: Service,
  models: readonly EntityModel[],
  { readme: howItWorks, openapi }: BlueprintFiles,
  { templates, codeDocuments }: Pick<RenderContext, 'templates' | 'codeDocuments'>,
): string {
  const rendered = [
    ...documentedEndpoints(openapi),
    ...models.flatMap((model) => operationsOf(model).map((operation) => endpointRow(model, operation))),
  ];
  const own = codeDocuments.get(service.name);
  const endpoints = own === undefined ? rendered : asDocumented(rendered, documentedEndpoints(own));
  const events = contractsOf(stack, service);
  const consumed = consumedEvents(service);
  return templates.render('service/README.md.hbs', {
    name: service.name,
    description: sentence(describeService(service)),
    port: String(service.port),
    store:
      service.database === undefined ? 'It stores nothing.' : `It stores its data in ${service.database}.`,
    calls: service.calls.length === 0 ? '' : ` It calls ${service.calls.join(', ')}.`,
    entities: models.map((model) => ({
      line: `- **${model.noun}** (\`${model.entity.names.table}\`): ${model.entity.fields.map(({ name }) => name).join(', ')}. ${accessSentence(model)}`,
    })),
    hasEntities: models.length > 0,
    endpoints,
    hasEndpoints: endpoints.length > 0,
    events: events.map(({ name, fields }) => ({
      name,
      direction: [
        ...(service.publishes.includes(name) ? ['published'] : []),
        ...(service.subscribes.includes(name) ? ['consumed'] : []),
      ].join(', '),
      fields: fields.map((field) => field.name).join(', '),
    })),
    hasEvents: events.length > 0,
    hasConsumers: consumed.length > 0,
    howItWorks: howItWorks ?? '',
    hasHowItWorks: howItWorks !== undefined,
    hasMigrations: storeKind(service) === 'sql',
  });
}

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

interface Endpoint {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly who: string;
}

/** What is there of what was rendered, and then what was written by hand. */
function asDocumented(rendered: readonly Endpoint[], documented: readonly Endpoint[]): Endpoint[] {
  const among = (list: readonly Endpoint[]) => {
    const keys = new Set(list.map(({ method, path }) => `${method} ${path}`));
    return ({ method, path }: Endpoint): boolean => keys.has(`${method} ${path}`);
  };
  const [isThere, isRendered] = [among(documented), among(rendered.map(inBraces))];
  return [
    ...rendered.filter((endpoint) => isThere(inBraces(endpoint))),
    ...documented.filter((endpoint) => !isRendered(endpoint)),
  ];
}

const inBraces = (endpoint: Endpoint): Endpoint => ({
  ...endpoint,
  path: endpoint.path.replaceAll(/:(\w+)/g, '{$1}'),
});

function endpointRow(model: EntityModel, { method, path, summary, kind }: Operation): Endpoint {
  const { access } = model.entity;
  const right = {
    list: access.read,
    get: access.read,
    create: access.create,
    update: access.update,
    delete: access.delete,
  }[kind];
  return { method: method.toUpperCase(), path: `/api/v1${path}`, summary, who: whoMay(right) };
}

/** From a document: of the blueprint's own routes, or of the service. */
function documentedEndpoints(openapi: { readonly paths?: unknown } | undefined): Endpoint[] {
  const paths = (openapi?.paths ?? {}) as Record<
    string,
    Record<string, { summary?: string; 'x-auth'?: Access }>
  >;
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      summary: operation.summary ?? '',
      who: whoMay(operation['x-auth'] ?? 'user'),
    })),
  );
}
