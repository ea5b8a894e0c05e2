import type { Stack } from '../../model/stack.ts';

/** One job for each service and component. DNS gives the addresses of all replicas, so the list follows scaling. */
export function scrapeConfigs(stack: Stack): Record<string, unknown>[] {
  return [
    ...stack.services.map(({ name, port: own }) => {
      const ports = stack.workloads.find((workload) => workload.name === name)?.ports ?? [];
      const port = ports.find((one) => one.name === 'operations')?.container ?? own;
      return job(name, { dns_sd_configs: [{ names: [name], type: 'A', port, refresh_interval: '5s' }] });
    }),
    ...stack.components.flatMap(({ metrics }) =>
      metrics.map(({ workload, port, path }) => {
        const target = stack.workloads
          .find(({ name }) => name === workload)
          ?.ports.find(({ name }) => name === port)?.container;
        const [metrics_path, query] = path.split('?');
        return job(workload, {
          metrics_path,
          ...(query === undefined
            ? {}
            : {
                params: Object.fromEntries(
                  [...new URLSearchParams(query)].map(([name, value]) => [name, [value]]),
                ),
              }),
          static_configs: [{ targets: [`${workload}:${target}`] }],
        });
      }),
    ),
  ];
}

const job = (name: string, rest: Record<string, unknown>) => ({
  job_name: name,
  ...rest,
  relabel_configs: [{ target_label: 'service', replacement: name }],
});
