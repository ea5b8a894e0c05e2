/** A component from what is its own: the rest is what components are unless they say otherwise. */
import { z } from 'zod';
import type { Port, Workload } from '../model/stack.ts';
import type { ComponentInput, ComponentKind, ComponentMonitoring } from './component.ts';
import { versionParam } from './shared.ts';

type Parameters<S extends z.ZodRawShape> = z.output<z.ZodObject<S>> & { readonly version: string };

/** What runs in the container: private, no extra rights, 30 s to stop, unless it says otherwise. */
type Running = Pick<Workload, 'image' | 'health'> &
  Partial<Omit<Workload, 'name' | 'kind' | 'ports' | 'limits' | 'image' | 'health'>>;

type Optional<P> = Partial<
  Omit<
    ComponentKind<P>,
    'kind' | 'description' | 'params' | 'listens' | 'workload' | 'capabilities' | 'monitoring'
  >
>;

export type ComponentParts<S extends z.ZodRawShape> = Optional<Parameters<S>> &
  Pick<ComponentKind, 'kind' | 'description'> & {
    /** Of its image, when services.yaml names none; `of`: whose version it is, for the reference. */
    readonly version: { readonly default: string; readonly of: string };
    /** Its parameters in services.yaml, beside the version. */
    readonly params: S;
    readonly capabilities?: ComponentKind['capabilities'];
    listens(params: Parameters<S>): readonly Port[];
    runs(input: ComponentInput<Parameters<S>>): Running;
    /** Where the image keeps its data: the volume `<name>-data`. */
    readonly data?: string;
    readonly monitoring?: Partial<ComponentMonitoring>;
  };

export function defineComponent<const S extends z.ZodRawShape>({
  version,
  params,
  runs,
  data,
  monitoring,
  ...own
}: ComponentParts<S>): ComponentKind<Parameters<S>> {
  return {
    replicable: false,
    single: false,
    capabilities: [],
    schemes: {},
    ownDatabases: undefined,
    datasource: undefined,
    embedded: undefined,
    connect: () => undefined,
    elsewhere: () => ({}),
    metrics: () => [],
    console: () => undefined,
    secrets: () => [],
    externalSecrets: () => [],
    files: () => [],
    wholeRates: false,
    monitoring: { alerts: [], panels: [], ...monitoring },
    params: z.strictObject({
      version: versionParam(version.default).describe(version.of),
      ...params,
    }) as unknown as z.ZodType<Parameters<S>>,
    workload: (input) => ({
      name: input.name,
      kind: 'component',
      source: undefined,
      command: undefined,
      environment: {},
      secrets: [],
      ports: own.listens(input.params),
      volumes: data === undefined ? [] : [{ name: `${input.name}-data`, path: data }],
      files: [],
      limits: input.limits,
      replicas: 1,
      autoscale: undefined,
      dependsOn: [],
      networks: ['private'],
      user: undefined,
      capabilities: [],
      scratch: [],
      readOnly: false,
      stopGrace: 30,
      ...runs(input),
    }),
    ...own,
  };
}
