/** docs/reference/metrics.md: every metric that the runtime registers, found where it is made. */
import { Node, type ObjectLiteralExpression, type Project } from 'ts-morph';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { linkTo, pathOf, productSources } from './sources.ts';

export interface Metric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
  readonly path: string;
}

export function metricsOf(project: Project): readonly Metric[] {
  const found = new Map<string, Metric>();
  for (const file of productSources(project)) {
    file.forEachDescendant((node) => {
      if (!Node.isObjectLiteralExpression(node)) return;
      const metric = metricOf(node, pathOf(file));
      if (metric !== undefined) found.set(metric.name, metric);
      else if (Node.isNewExpression(node.getParent()) && node.getProperty('registers') !== undefined)
        throw new Error(
          `${pathOf(file)}:${node.getStartLineNumber()}: write name and help of this metric as texts, so that it can be documented`,
        );
    });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What prom-client adds of the process; some of it exists on Linux alone. */
export async function processMetrics(): Promise<readonly Omit<Metric, 'path' | 'labels'>[]> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = await registry.getMetricsAsJSON();
  registry.clear();
  return metrics
    .map(({ name, type, help }) => ({ name, type: String(type), help }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function metricsPage(
  metrics: readonly Metric[],
  ofTheProcess: readonly Omit<Metric, 'path' | 'labels'>[],
): string {
  return `# Metrics of a service

<!-- Generated from packages/runtime/src: change them there, then run \`npm run reference\`. -->

What \`/metrics\` may show. A service shows the metrics of what it opens: without a Redis there are none of Redis. Histograms end in
\`_bucket\`, \`_sum\` and \`_count\`; names that end in \`_seconds\` are seconds. Labels take few values: routes as they are declared, never a
path, an id or a user.

| metric | type | labels | meaning | source |
| --- | --- | --- | --- | --- |
${metrics.map(({ name, type, labels, help, path }) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${cell(help)} | ${linkTo(path)} |`).join('\n')}

## Of the process

From [prom-client](https://github.com/siimon/prom-client), as Linux shows them; other systems lack a few.

| metric | type | meaning |
| --- | --- | --- |
${ofTheProcess.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${cell(help)} |`).join('\n')}
`;
}

/** Whatever carries a name and a help text: the options of `new Counter(…)`, or of a metric of our own. */
function metricOf(node: ObjectLiteralExpression, path: string): Metric | undefined {
  const [name, help] = [textOf(node, 'name'), textOf(node, 'help')];
  if (name === undefined || help === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) return undefined;
  const made = node.getParent();
  const type = Node.isNewExpression(made)
    ? made.getExpression().getText().toLowerCase()
    : textOf(node, 'type');
  return { name, help, path, type: type ?? '', labels: listOf(node, 'labelNames') };
}

function initializerOf(node: ObjectLiteralExpression, key: string): Node | undefined {
  const property = node.getProperty(key);
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined;
  const name = Node.isShorthandPropertyAssignment(property) ? property.getValueSymbol() : value?.getSymbol();
  const [declared] = Node.isIdentifier(value) || value === undefined ? (name?.getDeclarations() ?? []) : [];
  return Node.isVariableDeclaration(declared) ? declared.getInitializer() : value;
}

function textOf(node: ObjectLiteralExpression, key: string): string | undefined {
  const value = initializerOf(node, key);
  return Node.isStringLiteral(value) || Node.isNoSubstitutionTemplateLiteral(value)
    ? value.getLiteralText()
    : undefined;
}

function listOf(node: ObjectLiteralExpression, key: string): string[] {
  let value = initializerOf(node, key);
  if (Node.isAsExpression(value)) value = value.getExpression();
  if (!Node.isArrayLiteralExpression(value)) return [];
  return value.getElements().flatMap((item) => (Node.isStringLiteral(item) ? [item.getLiteralText()] : []));
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
