/** What components contribute themselves: their configuration, and the scripts that set them up or back them up. */
import { componentKinds } from '../../components/index.ts';
import type { Renderer } from '../renderer.ts';

export const componentsRenderer: Renderer = {
  id: 'components',
  description: 'configuration and scripts of the components: the edge, metrics, dashboards, databases',
  render: (stack, { templates }) =>
    stack.components.flatMap((component) => [
      ...(componentKinds
        .find(({ kind }) => kind === component.kind)
        ?.files({ component, params: component.params, stack, templates }) ?? []),
    ]),
};
