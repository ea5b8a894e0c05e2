/**
 * The OpenAPI documents of services whose code is not as it was rendered: somebody may have written routes by hand there, which
 * only the code itself can tell. The others are known from the model, without loading anything.
 */
import { join } from 'node:path';
import type { OpenApiDocument } from '@hometrip/runtime/openapi';
import type { FileAction, FilePlan } from '../files/file-plan.ts';
import type { Service, Stack } from '../model/stack.ts';
import type { Evidence } from '../platform/evidence.ts';
import type { Project } from '../platform/project.ts';
import type { Templates } from '../platform/templates.ts';
import { blueprintFiles } from '../renderers/services/blueprint.ts';

/** A service whose code could not be asked; it keeps the document that it had. */
export interface CodeFinding {
  readonly service: string;
  readonly message: string;
  /** `generated/services/order-service/src/order/routes.ts:12:3` */
  readonly where: string | undefined;
}

export interface OwnDocuments {
  /** By service. */
  readonly documents: ReadonlyMap<string, OpenApiDocument>;
  readonly findings: readonly CodeFinding[];
}

export interface Knowledge {
  readonly project: Project;
  readonly stack: Stack;
  readonly templates: Templates;
  /** What would happen to the files if no service had routes of its own. */
  readonly plan: Pick<FilePlan, 'out' | 'entries' | 'writes'>;
  /** Text of a file as it was rendered last. */
  readonly remembered: (path: string) => string | undefined;
  readonly evidence: Evidence;
}

/** Services loaded at once: each is a process. */
const AT_ONCE = 2;

export async function ownDocuments(knowledge: Knowledge): Promise<OwnDocuments> {
  const { project, plan, remembered, evidence } = knowledge;
  const services = toLoad(knowledge);
  const documents = new Map<string, OpenApiDocument>();
  const findings: CodeFinding[] = [];
  if (services.length === 0) return { documents, findings };
  const { codeDocument } = await import('../platform/code-document.ts');
  const pending = new Map(
    plan.writes.flatMap(({ path, content }) =>
      content === undefined ? [] : [[join(plan.out, path), content] as const],
    ),
  );
  const load = async (service: string): Promise<void> => {
    const entry = join(plan.out, 'services', service, 'src', 'main.ts');
    const found = await codeDocument({ project: project.root, entry, pending, evidence });
    if (found.problem === undefined) {
      documents.set(service, found.document as unknown as OpenApiDocument);
      return;
    }
    findings.push({ service, ...found.problem });
    const last = lastDocument(remembered(`services/${service}/openapi.json`));
    if (last !== undefined) documents.set(service, last);
  };
  const waiting = [...services];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await load(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { documents, findings: findings.sort((a, b) => (a.service < b.service ? -1 : 1)) };
}

/** The file is what was rendered, or will be. */
const asRendered: ReadonlySet<FileAction> = new Set(['unchanged', 'create', 'update', 'restore']);

function toLoad({ stack, templates, plan }: Pick<Knowledge, 'stack' | 'templates' | 'plan'>): string[] {
  // Templates of the project's own may say anything.
  const replaced = templates.replaced().some((path) => path.startsWith('service/src/'));
  const edited = new Set(
    plan.entries.flatMap(({ path, action }) =>
      asRendered.has(action) ? [] : (/^services\/([^/]+)\/src\//.exec(path)?.[1] ?? []),
    ),
  );
  return stack.services
    .filter((service) => replaced || edited.has(service.name) || isUndocumented(service, templates))
    .map(({ name }) => name);
}

/** Its blueprint has routes, and does not say which. */
function isUndocumented(service: Service, templates: Templates): boolean {
  if ((service.blueprint.contributes['routes'] ?? []).length === 0) return false;
  return blueprintFiles(service, templates).openapi === undefined;
}

function lastDocument(text: string | undefined): OpenApiDocument | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as OpenApiDocument);
  } catch {
    return undefined;
  }
}
