/** Words of services.yaml on their way into paths, operations, types, files and the typed client. */
import { describe, expect, it } from 'vitest';
import { renderClient } from './client/index.ts';
import { serviceDocument } from './openapi/service-document.ts';
import { renderServices } from './services/index.ts';
import { emptyContext, stackOf } from './services/stack.fixture.ts';

const spec = (services: string) => `
name: probe
version: 1
components: { postgres: {} }
services:
${services}
`;
const entities = (names: readonly string[]) =>
  spec(
    `  shop-service:\n    port: 4101\n    database: postgres\n    entities:\n${names.map((name) => `      ${name}: { title: string(50), owner: user }`).join('\n')}`,
  );
const filesOf = (text: string): ReadonlyMap<string, string> => {
  const stack = stackOf(text);
  const files = [...renderServices(stack, emptyContext), ...renderClient(stack, emptyContext)];
  return new Map(files.map(({ path, content }) => [path, content]));
};

describe('an entity keeps its own words', () => {
  const words = [
    ['person', 'people', 'Person', 'People'],
    ['movie', 'movies', 'Movie', 'Movies'],
    ['status', 'statuses', 'Status', 'Statuses'],
    ['analysis', 'analyses', 'Analysis', 'Analyses'],
    ['news', 'news', 'News', 'News'],
    ['sheep', 'sheep', 'Sheep', 'Sheep'],
    ['time-series', 'time-series', 'TimeSeries', 'TimeSeries'],
    ['child', 'children', 'Child', 'Children'],
    ['sales-person', 'sales-people', 'SalesPerson', 'SalesPeople'],
    ['settings', 'settings', 'Settings', 'Settings'],
    ['city', 'cities', 'City', 'Cities'],
    ['a-b', 'a-bs', 'AB', 'ABs'],
  ] as const;
  const text = entities(words.map(([name]) => name));
  const [service] = stackOf(text).services;
  const paths = service === undefined ? {} : serviceDocument(service, emptyContext.templates).paths;
  const files = filesOf(text);

  it.each(words)('%s: /%s', (name, path, one, many) => {
    const operations = Object.entries(paths)
      .filter(([key]) => key === `/api/v1/${path}` || key.startsWith(`/api/v1/${path}/`))
      .flatMap(([, methods]) => Object.values(methods))
      .map((operation) => operation['operationId']);
    expect(operations.sort()).toEqual(
      [`list${many}`, `create${one}`, `get${one}`, `update${one}`, `delete${one}`].sort(),
    );
    expect(files.get('clients/typescript/src/shop-service.ts')).toContain(
      `export interface List${many}Query`,
    );
    expect(files.get(`services/shop-service/src/${name}/routes.ts`)).toContain(`'/${path}'`);
  });

  it('and a route says its operation only where the path alone would say another one', () => {
    const operationIds = (name: string) =>
      files.get(`services/shop-service/src/${name}/routes.ts`)?.match(/operationId: '\w+'/g) ?? [];
    expect(operationIds('city')).toEqual([]);
    expect(operationIds('movie')).toEqual([
      "operationId: 'createMovie'",
      "operationId: 'getMovie'",
      "operationId: 'updateMovie'",
      "operationId: 'deleteMovie'",
    ]);
  });
});

describe('what generated code uses itself is called so by nothing else', () => {
  it('an entity called like it has another type and other variables, and its own path and table', () => {
    const files = filesOf(entities(['route', 'page']));
    const routes = files.get('services/shop-service/src/route/routes.ts');
    expect(routes).toMatch(
      /import \{\s+CreateRouteEntity,\s+RouteEntity,\s+RouteEntityFilters,\s+routeSortKeys,/,
    );
    expect(routes).toContain('const routeEntity = await routes.insert({ ...body, owner: user.id });');
    expect(files.get('services/shop-service/migrations/0001_create_route.sql')).toContain(
      'create table route',
    );
    expect(files.get('clients/typescript/src/index.ts')).toContain('pages: pages(send)');
  });

  it('a service called like it, or like a module of the client, has its own variable and file', () => {
    const files = filesOf(
      spec(`  import: { port: 4101 }
  run: { port: 4102 }
  index: { port: 4103, database: postgres, entities: { note: { title: string } } }
  http: { port: 4104, database: postgres, entities: { memo: { title: string } } }`),
    );
    expect(files.get('services/import/src/main.ts')).toContain(
      "import { importService } from './service.ts';",
    );
    expect(files.get('services/run/src/main.ts')).toContain('await run(runService);');
    const client = [...files.keys()].filter((path) => path.startsWith('clients/typescript/src/'));
    expect(client.sort()).toEqual(
      ['http-service', 'http', 'index-service', 'index'].map((name) => `clients/typescript/src/${name}.ts`),
    );
    expect(files.get('clients/typescript/src/index.ts')).toContain("from './index-service.ts'");
  });

  it('two services with a type of one name both have it in the client', () => {
    const files = filesOf(`
name: probe
version: 1
components: { postgres: {}, rabbitmq: {} }
services:
  auth-service: { port: 4101, blueprint: auth, database: postgres, publishes: [account.created, user.registered, user.erased] }
  bank-service: { port: 4102, database: postgres, entities: { account: { title: string } } }
events:
  account.created: { accountId: uuid }
  user.registered: { userId: uuid, email: email, displayName: string(80) }
  user.erased: { userId: uuid }
`);
    const index = files.get('clients/typescript/src/index.ts');
    expect(index).toMatch(/Account,[^;]*from '.\/auth-service.ts'/s);
    expect(index).toMatch(/Account as BankAccount,[^;]*from '.\/bank-service.ts'/s);
  });
});
