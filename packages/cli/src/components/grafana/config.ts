/** Grafana: datasources and dashboards as provisioning files, so that a fresh Grafana shows everything at once. */
import type { PlannedFile } from '../../files/planned-file.ts';
import { jsonText, yamlText } from '../../files/serialise.ts';
import type { Stack } from '../../model/stack.ts';
import { dashboard, type Dashboard } from './dashboard.ts';
import { componentDashboard, overviewDashboard, serviceDashboard } from './dashboards.ts';
import { datasources, metricsSource } from './datasources.ts';

/** @param folder Below the output folder. */
export function configFiles(stack: Stack, folder: string): PlannedFile[] {
  const file = (path: string, content: string): PlannedFile => ({
    path: `${folder}/provisioning/${path}`,
    content,
    origin: `${folder}/${path}`,
  });
  return [
    file('datasources/datasources.yml', yamlText({ apiVersion: 1, datasources: datasources(stack) })),
    file('dashboards/provider.yml', yamlText(provider(stack))),
    ...dashboardsOf(stack).map((model) =>
      file(`dashboards/json/${model.uid}.json`, jsonText(dashboard(model, metricsSource(stack)))),
    ),
  ];
}

/** One dashboard for each kind of component: what several of a kind measure is told apart by its labels. */
function dashboardsOf(stack: Stack): Dashboard[] {
  const monitored = [...Map.groupBy(stack.components, ({ kind }) => kind)].flatMap(
    ([kind, [first, ...others]]) =>
      first === undefined || first.monitoring.panels.length === 0
        ? []
        : [
            componentDashboard(stack, first.monitoring.panels, {
              title: others.length === 0 ? first.name : kind,
              // No component or service is called like that.
              uid: others.length === 0 ? first.name : `_${kind}`,
            }),
          ],
  );
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
