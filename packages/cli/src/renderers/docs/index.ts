/** Docs of the rendered system, with its real names and ports. */
import type { PlannedFile } from '../../files/planned-file.ts';
import { describeService } from '../../model/blueprints.ts';
import type { Stack } from '../../model/stack.ts';
import type { Renderer } from '../renderer.ts';
import { architecture } from './architecture.ts';
import { quickStart } from './quick-start.ts';
import { runbooks } from './runbooks.ts';
import { table } from './markdown.ts';

export const docs: Renderer = {
  id: 'docs',
  description: 'README, QUICK_START, ARCHITECTURE and runbooks',
  render: (stack, { templates }) => [
    page('README.md', readme(stack)),
    page('QUICK_START.md', quickStart(stack, templates)),
    page('ARCHITECTURE.md', architecture(stack)),
    ...runbooks(stack).map(({ name, text }) => page(`runbooks/${name}.md`, text)),
  ],
};

const page = (name: string, content: string): PlannedFile => ({
  path: `docs/${name}`,
  content,
  origin: `docs/${name}`,
});

function readme(stack: Stack): string {
  const services = stack.services.map((service) => [
    `[${service.name}](../services/${service.name}/README.md)`,
    String(service.port),
    String(service.replicas),
    service.database ?? '–',
    describeService(service),
  ]);
  const components = stack.components.map(({ name, description, version, external }) => [
    name,
    version,
    description,
    external === undefined ? 'in the stack' : 'external',
  ]);
  return `# ${stack.name}

${stack.services.length} services on ${stack.components.length} components, generated from \`services.yaml\`.

- [QUICK_START.md](QUICK_START.md): run it, call it.
- [ARCHITECTURE.md](ARCHITECTURE.md): who calls whom, which events flow.
- [runbooks/](runbooks/): one page for each alert.

## Services
${table(['service', 'port', 'replicas', 'store', 'what it does'], services)}

## Components
${table(['component', 'version', 'what it is', 'runs'], components)}
`;
}
