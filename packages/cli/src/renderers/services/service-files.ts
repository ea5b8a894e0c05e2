/** All files of one service. */
import type { PlannedFile } from '../../files/planned-file.ts';
import { isIssuer } from '../../model/blueprints.ts';
import type { Service, Stack } from '../../model/stack.ts';
import { serviceDocument } from '../openapi/service-document.ts';
import type { RenderContext } from '../renderer.ts';
import { type BlueprintFiles, blueprintFiles } from './blueprint.ts';
import { callFiles } from './calls.ts';
import { dockerfile, dockerignore, envExample, json, packageJson, readme, tsconfig } from './documents.ts';
import { type EntityModel, entityModel } from './entity.ts';
import { type Refusal, renderMigrations } from './sql/migrations.ts';
import { repositoryView } from './views/repository.ts';
import { routesView } from './views/routes.ts';
import { schemaView } from './views/schema.ts';
import {
  consumedEvents,
  consumersView,
  contractsOf,
  eventsView,
  rolesView,
  serviceVariable,
  serviceView,
  storeKind,
} from './views/service.ts';
import { testsView } from './views/tests.ts';

export interface ServiceFiles {
  readonly files: readonly PlannedFile[];
  readonly refusals: readonly Refusal[];
}

export function serviceFiles(stack: Stack, service: Service, context: RenderContext): ServiceFiles {
  const brought = blueprintFiles(service, context.templates);
  const models = service.entities.map((entity) => entityModel(entity, service));
  const sql = storeKind(service) === 'sql';
  const { files: migrations, refusals } = sql
    ? renderMigrations(service, brought.migrations, context)
    : { files: [], refusals: [] };
  const texts = new Map<string, string>();
  addCode(texts, stack, service, models, brought, context);
  addDocuments(texts, stack, service, models, brought, context);
  // A blueprint's file takes the place of the base's.
  for (const { path, content } of brought.files) texts.set(path, content);
  const origin = `services/${service.name}`;
  const files = [...texts].map(
    ([path, content]): PlannedFile => ({
      path: `${origin}/${path}`,
      content,
      origin,
      ...(path === 'openapi.json' && { ownership: 'owned' as const }),
    }),
  );
  return { files: [...files, ...migrations], refusals };
}

function addCode(
  texts: Map<string, string>,
  stack: Stack,
  service: Service,
  models: readonly EntityModel[],
  brought: BlueprintFiles,
  { templates }: RenderContext,
): void {
  const fill = (path: string, view: object) => templates.render(`service/${path}.hbs`, view);
  const contracts = contractsOf(stack, service);
  const consumed = consumedEvents(service);
  texts.set('src/main.ts', fill('src/main.ts', { variable: serviceVariable(service) }));
  texts.set('src/service.ts', fill('src/service.ts', serviceView(stack, service, models)));
  if (contracts.length > 0 || imports(brought, 'events.ts'))
    texts.set('src/events.ts', fill('src/events.ts', eventsView(contracts)));
  if (isIssuer(service)) texts.set('src/roles.ts', fill('src/roles.ts', rolesView(service)));
  if (consumed.length > 0 && !bringsService(brought))
    texts.set(
      'src/consumers.ts',
      fill('src/consumers.ts', consumersView(contracts.filter(({ name }) => consumed.includes(name)))),
    );
  if (!bringsService(brought) || imports(brought, 'calls/index.ts'))
    for (const [path, text] of callFiles(stack, service, (callee) => documentOf(callee, templates)))
      texts.set(path, text);
  for (const model of models) {
    const folder = `src/${model.entity.name}`;
    texts.set(`${folder}/schema.ts`, fill('src/entity/schema.ts', schemaView(model)));
    texts.set(`${folder}/repository.ts`, fill('src/entity/repository.ts', repositoryView(model)));
    texts.set(`${folder}/routes.ts`, fill('src/entity/routes.ts', routesView(stack, model)));
    texts.set(
      `tests/${model.entity.name}.services.test.ts`,
      fill('tests/entity.services.test.ts', testsView(model)),
    );
  }
}

/** A gateway shows the documents of the services behind it; its own would be empty. */
const documentOf = (
  service: Service,
  templates: RenderContext['templates'],
): ReturnType<typeof serviceDocument> | undefined =>
  service.kind === 'gateway' && blueprintFiles(service, templates).openapi === undefined
    ? undefined
    : serviceDocument(service, templates);

/** Then it has to be there, also when services.yaml gives the service no events. */
const imports = ({ files }: BlueprintFiles, module: 'events.ts' | 'calls/index.ts'): boolean =>
  files.some(
    ({ path, content }) =>
      path.startsWith('src/') && ['./', '../'].some((up) => content.includes(`from '${up}${module}'`)),
  );

/** Then nothing would import the base's src/consumers.ts. */
const bringsService = ({ files }: BlueprintFiles): boolean =>
  files.some(({ path }) => path === 'src/service.ts');

function addDocuments(
  texts: Map<string, string>,
  stack: Stack,
  service: Service,
  models: readonly EntityModel[],
  brought: BlueprintFiles,
  { templates, version }: RenderContext,
): void {
  texts.set('package.json', packageJson(stack, service, version));
  texts.set('tsconfig.json', tsconfig);
  texts.set('vitest.config.ts', templates.render('service/vitest.config.ts.hbs', {}));
  texts.set('Dockerfile', dockerfile(service, templates));
  texts.set('.dockerignore', dockerignore(service, templates));
  texts.set('.env.example', envExample(stack, service, templates));
  texts.set('README.md', readme(stack, service, models, brought, templates));
  const document = documentOf(service, templates);
  if (document === undefined) return;
  texts.set('openapi.json', json(document));
  texts.set(
    'tests/openapi.test.ts',
    templates.render('service/tests/openapi.test.ts.hbs', { variable: serviceVariable(service) }),
  );
}
