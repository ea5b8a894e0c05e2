/**
 * model/reserved-names.ts is derived from what the generator writes: every name in its code that does not come from
 * services.yaml, and what the language keeps for itself. `npm run reference` writes it.
 */
import { runInNewContext } from 'node:vm';
import { Node, Project, type SourceFile, ts } from 'ts-morph';
import { expect, it } from 'vitest';
import { Templates } from '../platform/templates.ts';
import { stockBlueprints } from '../spec/blueprints/load.ts';
import { renderClient } from './client/index.ts';
import { apiOf } from './openapi/api.ts';
import { serviceDocument } from './openapi/service-document.ts';
import { everything } from './services/everything.fixture.ts';
import { renderServices } from './services/index.ts';
import { capitalised } from './services/source.ts';
import { emptyContext, stackOf } from './services/stack.fixture.ts';

/** In no name that the generator writes by itself: `qx` is in those of entities, `qz` in those of services. */
const ofEntities = /qx/i;
const ofServices = /qz/i;

const blueprints = `
name: shop
version: 1
components: { postgres: {}, redis: {}, rabbitmq: {} }
events:
  qx-thing.created: { qxThingId: uuid }
  user.registered: { userId: uuid, email: email, displayName: string(80) }
  user.erased: { userId: uuid }
gateways:
  qz-front: { blueprint: api-gateway, port: 4000, uses: [redis] }
  qz-push: { blueprint: websocket-gateway, port: 4001, uses: [redis], subscribes: [qx-thing.created] }
services:
  qz-auth-service:
    blueprint: auth
    port: 4002
    database: postgres
    publishes: [qx-thing.created, user.registered, user.erased]
    subscribes: [qx-thing.created]
    entities: { qx-thing: { owner: user } }
`;

/** The spec with its services, entities and references under names that are known from all others. */
function withMarks(spec: string): string {
  const entities = stackOf(spec).services.flatMap((service) => service.entities);
  const references = entities.flatMap(({ fields }) => fields).filter(({ type }) => type.kind === 'reference');
  const fields = [...references.map(({ name }) => name), ...entities.map(({ names }) => `${names.camel}Id`)];
  const markedFields = fields.reduce(
    (text, name) =>
      text.replaceAll(new RegExp(`(?<![\\w-])${name}(?=[:,\\]])`, 'g'), `qx${capitalised(name)}`),
    spec.replaceAll(/(?<![\w-])(\w+-service)(?![\w-])/g, 'qz-$1'),
  );
  return entities.reduce(
    (text, { name }) => text.replaceAll(new RegExp(`(?<![\\w-])${name}(?![\\w-])`, 'g'), `qx-${name}`),
    markedFields,
  );
}

interface Code {
  /** Of `calls`: descriptions of other services, in which entities are types alone. */
  readonly folder: 'services' | 'calls' | 'clients';
  /** Its free names, each as often as it occurs. */
  readonly names: readonly string[];
}

function generated(spec: string): Code[] {
  const stack = stackOf(spec);
  const project = new Project({ useInMemoryFileSystem: true });
  return [...renderServices(stack, emptyContext), ...renderClient(stack, emptyContext)]
    .filter(({ path }) => /\.[jt]s$/.test(path))
    .map(({ path, content }) => ({
      folder: /^services\/[^/]+\/src\/calls\//.test(path)
        ? 'calls'
        : path.startsWith('services/')
          ? 'services'
          : 'clients',
      names: freeNames(project.createSourceFile(path, content)),
    }));
}

/** Names that stand for something by themselves, and not for a member of something. */
function freeNames(file: SourceFile): string[] {
  return file.getDescendantsOfKind(ts.SyntaxKind.Identifier).flatMap((identifier) => {
    const parent = identifier.getParent();
    const isMember =
      (Node.isPropertyAccessExpression(parent) && parent.getNameNode() === identifier) ||
      (Node.isBindingElement(parent) && parent.getPropertyNameNode() === identifier) ||
      ((Node.isPropertyAssignment(parent) ||
        Node.isPropertySignature(parent) ||
        Node.isPropertyDeclaration(parent) ||
        Node.isMethodDeclaration(parent) ||
        Node.isMethodSignature(parent)) &&
        parent.getNameNode() === identifier);
    return isMember ? [] : [identifier.getText()];
  });
}

/** Of the schemas that each document has, and those of blueprints, which are of their services alone. */
const schemasOf = (spec: string): string[] =>
  stackOf(spec).services.flatMap((service) =>
    Object.keys(serviceDocument(service, { templates: new Templates() }).components['schemas'] ?? {}),
  );

/** What no variable may be called. */
function keywords(): string[] {
  const words = [];
  for (let kind = ts.SyntaxKind.FirstReservedWord; kind <= ts.SyntaxKind.LastFutureReservedWord; kind += 1)
    words.push(ts.tokenToString(kind) ?? '');
  return [...words, 'arguments', 'await', 'eval', 'undefined'].sort();
}
const words = keywords();

/** Of the language itself: what Node adds may be shadowed. */
const globals = runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[];

function wrapped(names: readonly string[], width: number): string {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last === undefined || last.length + name.length >= width) lines.push(name);
    else lines[lines.length - 1] = `${last} ${name}`;
  }
  return lines.map((line) => `  ${line}`).join('\n');
}

const shared = schemasOf(everything).filter((name) => schemasOf(blueprints).includes(name));
/** Schemas and types made of them, and groups of the client. */
const ofBlueprints = [
  ...schemasOf(blueprints).filter((name) => !shared.includes(name)),
  ...stackOf(blueprints).services.flatMap((service) =>
    apiOf(serviceDocument(service, emptyContext), () => false).types.map(({ name }) => name),
  ),
  ...stockBlueprints().all.flatMap(({ paths }) => paths),
];
const code = [withMarks(everything), blueprints].flatMap(generated);

/** What is used beside such names; in other files anything may be called anything. */
function usedBeside(
  mark: RegExp,
  folders: readonly Code['folder'][],
  others: readonly string[] = [],
): string[] {
  const files = code.filter(
    ({ folder, names }) => folders.includes(folder) && names.some((name) => mark.test(name)),
  );
  return [...new Set([...files.flatMap(({ names }) => names), ...others, ...globals])]
    .filter((name) => !words.includes(name) && !ofEntities.test(name) && !ofServices.test(name))
    .filter((name) => !ofBlueprints.includes(name))
    .sort();
}

const list = (about: string, name: string, names: readonly string[]): string => `/** ${about} */
export const ${name}: ReadonlySet<string> = new Set(
  \`
${wrapped(names, 118)}
  \`.split(/\\s+/),
);`;

it('names that generated code uses itself are the lists that entities and services keep away from', async () => {
  const entities = usedBeside(ofEntities, ['services'], shared);
  const services = usedBeside(ofServices, ['services', 'calls']).filter((name) => !entities.includes(name));
  const client = usedBeside(ofEntities, ['clients']);
  expect(entities).toEqual(expect.arrayContaining(['route', 'Route', 'Promise', 'testCrud', 'authRoutes']));
  expect(services).toEqual(expect.arrayContaining(['run']));
  expect(client).toEqual(expect.arrayContaining(['everyItem', 'Page', 'createClient']));
  const text = [
    '/** Made by `npm run reference` from the generated code (renderers/reserved-names.test.ts): do not edit. */',
    list('What no variable may be called.', 'keywords', words),
    list('Free names of files of a service in which entities have names.', 'namesBesideEntities', entities),
    list('Further ones of files in which the service has one.', 'namesBesideServices', services),
    list('Free names of files of the typed client.', 'namesOfClient', client),
  ];
  await expect(`${text.join('\n\n')}\n`).toMatchFileSnapshot('../model/reserved-names.ts');
});
