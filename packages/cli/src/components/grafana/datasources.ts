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
    return [
      {
        name,
        uid: name,
        access: 'proxy',
        url,
        editable: false,
        ...datasource,
        ...(isMetrics(component) && traces !== undefined && exemplars(datasource, traces)),
      },
    ];
  });
}

/** From a sample to the trace of the request behind it. */
const exemplars = ({ jsonData }: NonNullable<Component['datasource']>, traces: Component) => ({
  jsonData: {
    ...(jsonData as object | undefined),
    exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: traces.name }],
  },
});

const isMetrics = ({ datasource }: Component): boolean => datasource?.['isDefault'] === true;

/** What the queries of dashboards are for. */
export function metricsSource({ components }: Stack): Datasource {
  const source = components.find(isMetrics);
  return source && { type: source.datasource?.['type'], uid: source.name };
}

function addressOf(stack: Stack, { name, external }: Component): string | undefined {
  if (external !== undefined) return typeof external === 'string' ? external : undefined;
  const port = stack.workloads
    .find((workload) => workload.name === name)
    ?.ports.find((candidate) => candidate.name === 'http');
  return port === undefined ? undefined : `http://${name}:${port.container}`;
}
