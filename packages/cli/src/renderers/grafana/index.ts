/** Grafana: datasources and dashboards as provisioning files, so that a fresh Grafana shows everything at once. */
import { componentKinds } from '../../components/index.ts';
import type { PlannedFile } from '../../files/planned-file.ts';
import type { Stack } from '../../model/stack.ts';
import type { Renderer } from '../renderer.ts';
import { jsonText, yamlText } from '../text.ts';
import { dashboard, type Dashboard } from './dashboard.ts';
import { componentDashboard, overviewDashboard, serviceDashboard } from './dashboards.ts';
import { datasources } from './datasources.ts';

export const grafana: Renderer = {
  id: 'grafana',
  description: 'datasources and dashboards',
  render: (stack) => (stack.components.some(({ kind }) => kind === 'grafana') ? files(stack) : []),
};

function files(stack: Stack): PlannedFile[] {
  const file = (path: string, content: string): PlannedFile => ({
    path: `grafana/provisioning/${path}`,
    content,
    origin: `grafana/${path}`,
  });
  return [
    file('datasources/datasources.yml', yamlText({ apiVersion: 1, datasources: datasources(stack) })),
    file('dashboards/provider.yml', yamlText(provider(stack))),
    ...dashboardsOf(stack).map((model) =>
      file(`dashboards/json/${model.uid}.json`, jsonText(dashboard(model))),
    ),
  ];
}

function dashboardsOf(stack: Stack): Dashboard[] {
  const monitored = stack.components.flatMap((component) => {
    const panels =
      componentKinds.find(({ kind }) => kind === component.kind)?.monitoring(component.params).panels ?? [];
    return panels.length === 0 ? [] : [componentDashboard(stack, component.name, panels)];
  });
  return [
    overviewDashboard(stack),
    ...stack.services.map((service) => serviceDashboard(stack, service)),
    ...monitored,
  ];
}

const provider = (stack: Stack) => ({
  apiVersion: 1,
  providers: [
    {
      name: stack.name,
      folder: stack.name,
      type: 'file',
      allowUiUpdates: false,
      options: { path: '/etc/grafana/provisioning/dashboards/json' },
    },
  ],
});
