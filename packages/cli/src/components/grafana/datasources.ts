import type { Component, Stack } from '../../model/stack.ts';
import type { Datasource } from './dashboard.ts';

/** The components that Grafana can read, as datasources whose uid is the component's name: dashboards say that. */
export function datasources(stack: Stack): Record<string, unknown>[] {
  const traces = stack.components.find(
    ({ datasource, capabilities }) => datasource !== undefined && capabilities.includes('traces'),
  );
  return stack.components.flatMap((component) => {
    const url = addressOf(stack, component);
    const { name, datasource } = component;
    if (datasource === undefined || url === undefined) return [];
    const { port: _, ...settings } = datasource;
    return [
      {
        name,
        uid: name,
        access: 'proxy',
        url,
        editable: false,
        ...settings,
        ...(settings.isDefault && traces !== undefined && exemplars(settings.jsonData, traces)),
      },
    ];
  });
}

/** From a sample to the trace of the request behind it. */
const exemplars = (jsonData: object | undefined, { name }: Component) => ({
  jsonData: { ...jsonData, exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: name }] },
});

/** What the queries of dashboards are for. */
export function metricsSource({ components }: Stack): Datasource {
  const source = components.find(({ datasource }) => datasource?.isDefault);
  return source?.datasource && { type: source.datasource.type, uid: source.name };
}

function addressOf(stack: Stack, { name, external, datasource }: Component): string | undefined {
  if (external !== undefined) return typeof external === 'string' ? external : undefined;
  const port = stack.workloads
    .find((workload) => workload.name === name)
    ?.ports.find((candidate) => candidate.name === datasource?.port);
  return port === undefined ? undefined : `http://${name}:${port.container}`;
}
