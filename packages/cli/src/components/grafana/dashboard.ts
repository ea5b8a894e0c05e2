/** Dashboards as rows of panels; the grid and Grafana's own words are filled in here, once. */

export interface Panel {
  readonly title: string;
  readonly kind: 'timeseries' | 'stat' | 'table';
  /** Grafana's unit ids: `reqps`, `percentunit`, `s`, `bytes`, `short`. */
  readonly unit: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
  /** Value from which the panel turns red. */
  readonly threshold?: number;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const gridWidth = 24;
const heights = { timeseries: 8, table: 8, stat: 4 } as const;
/** Of the metrics; undefined: Grafana's default. */
export type Datasource = { readonly type: string; readonly uid: string } | undefined;

export function dashboard(
  { uid, title, tags, rows }: Dashboard,
  datasource: Datasource,
): Record<string, unknown> {
  let y = 0;
  let id = 0;
  const panels: Record<string, unknown>[] = [];
  for (const row of rows) {
    panels.push({
      id: ++id,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { h: 1, w: gridWidth, x: 0, y },
      panels: [],
    });
    y += 1;
    const width = Math.floor(gridWidth / row.panels.length);
    row.panels.forEach((panel, index) =>
      panels.push(
        panelModel(panel, ++id, { h: heights[panel.kind], w: width, x: index * width, y }, datasource),
      ),
    );
    y += Math.max(...row.panels.map(({ kind }) => heights[kind]));
  }
  return {
    uid,
    title,
    tags,
    timezone: 'browser',
    editable: true,
    graphTooltip: 1,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    schemaVersion: 41,
    annotations: { list: [] },
    templating: { list: [] },
    links: [
      {
        type: 'dashboards',
        title: 'Other dashboards',
        tags: [tags[0]],
        asDropdown: true,
        includeVars: false,
        keepTime: true,
        targetBlank: false,
      },
    ],
    panels,
  };
}

function panelModel(
  { title, kind, unit, queries, threshold }: Panel,
  id: number,
  gridPos: Record<string, number>,
  datasource: Datasource,
) {
  const steps = [
    { color: 'green', value: null },
    ...(threshold === undefined ? [] : [{ color: 'red', value: threshold }]),
  ];
  return {
    id,
    type: kind,
    title,
    datasource,
    gridPos,
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        thresholds: { mode: 'absolute', steps },
        ...(kind === 'timeseries'
          ? {
              custom: {
                fillOpacity: 10,
                showPoints: 'never',
                thresholdsStyle: { mode: threshold === undefined ? 'off' : 'line' },
              },
            }
          : {}),
      },
      overrides: [],
    },
    options:
      kind === 'timeseries'
        ? { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } }
        : kind === 'stat'
          ? { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'background', graphMode: 'area' }
          : {},
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legend,
      ...(kind === 'table' ? { format: 'table', instant: true } : {}),
    })),
  };
}
