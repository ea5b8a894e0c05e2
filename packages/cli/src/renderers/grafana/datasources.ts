import type { Component, Stack } from '../../model/stack.ts';

/** The components that Grafana can read, as datasources whose uid is the component's kind: dashboards name that. */
export function datasources(stack: Stack): Record<string, unknown>[] {
  return stack.components.flatMap((component) => {
    const url = addressOf(stack, component);
    const settings = kinds[component.kind];
    if (settings === undefined || url === undefined) return [];
    return [
      { name: component.name, uid: component.kind, access: 'proxy', url, editable: false, ...settings },
    ];
  });
}

const kinds: Record<string, Record<string, unknown>> = {
  prometheus: {
    type: 'prometheus',
    isDefault: true,
    jsonData: {
      timeInterval: '15s',
      exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: 'jaeger' }],
    },
  },
  jaeger: { type: 'jaeger' },
};

function addressOf(stack: Stack, { name, external }: Component): string | undefined {
  if (external !== undefined) return typeof external === 'string' ? external : undefined;
  const port = stack.workloads
    .find((workload) => workload.name === name)
    ?.ports.find((candidate) => candidate.name === 'http');
  return port === undefined ? undefined : `http://${name}:${port.container}`;
}
