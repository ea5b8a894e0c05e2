import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { docs } from './docs/index.ts';
import { componentsRenderer } from './components/index.ts';
import { hometripStack, rendered } from './hometrip.fixture.ts';
import { scripts } from './scripts/index.ts';

const stack = await hometripStack();
const files = await rendered(stack, componentsRenderer, scripts, docs);
const text = (path: string) => files.get(path)?.content ?? `no ${path}`;
const names = stack.services.map(({ name }) => name);

describe('nginx.conf', () => {
  it('has a pool for each service, spread as services.yaml says', () => {
    for (const name of names) expect(text('nginx/nginx.conf')).toContain(`upstream ${name} {`);
    expect(text('nginx/nginx.conf')).toMatch(
      /upstream booking-service \{\n\s+zone pool_booking-service 128k;\n\s+least_conn;/,
    );
    expect(text('nginx/nginx.conf')).toMatch(
      /upstream websocket-gateway \{\n\s+zone pool_websocket-gateway 128k;\n\s+ip_hash;/,
    );
  });

  it('limits sign-in and search more than the rest', () => {
    expect(text('nginx/nginx.conf')).toContain(
      'limit_req_zone $binary_remote_addr zone=limit_auth:10m rate=5r/s;',
    );
    expect(text('nginx/nginx.conf')).toMatch(
      /location ~ \^\/api\/v1\/auth\(\/\|\$\) \{\n\s+limit_req zone=limit_auth burst=10 nodelay;/,
    );
    expect(text('nginx/nginx.conf')).toMatch(
      /location \/ \{\n\s+limit_req zone=limit_api burst=200 nodelay;/,
    );
  });
});

describe('Prometheus', () => {
  it('scrapes every service and every component with metrics', () => {
    const { scrape_configs: jobs } = parse(text('prometheus/prometheus.yml')) as {
      scrape_configs: { job_name: string }[];
    };
    expect(jobs.map(({ job_name }) => job_name)).toEqual([
      ...names,
      'consul',
      'grafana',
      'jaeger',
      'prometheus',
      'rabbitmq',
    ]);
  });

  it('has a runbook for each alert', () => {
    const { groups } = parse(text('prometheus/rules/alerts.yml')) as {
      groups: { rules: { alert: string; annotations: { runbook: string } }[] }[];
    };
    for (const { alert, annotations } of groups.flatMap(({ rules }) => rules)) {
      expect(text(annotations.runbook), alert).toMatch(
        new RegExp(`^# ${alert}\n\nSeverity: (page|ticket)\\.\n\n\\S`),
      );
    }
  });
});

describe('Grafana', () => {
  it('has an overview and a dashboard for each service', () => {
    const dashboards = [...files.keys()].filter((path) =>
      path.startsWith('grafana/provisioning/dashboards/json/'),
    );
    expect(dashboards).toEqual(
      expect.arrayContaining(
        ['overview', ...names].map((name) => `grafana/provisioning/dashboards/json/hometrip-${name}.json`),
      ),
    );
  });

  it('shows the target of the SLO as a line', () => {
    const { panels } = JSON.parse(
      text('grafana/provisioning/dashboards/json/hometrip-booking-service.json'),
    ) as {
      panels: { title: string; fieldConfig?: { defaults: { thresholds: { steps: unknown[] } } } }[];
    };
    const duration = panels.find(({ title }) => title === 'Duration');
    expect(duration?.fieldConfig?.defaults.thresholds.steps).toEqual([
      { color: 'green', value: null },
      { color: 'red', value: 0.25 },
    ]);
  });

  it('lays panels out without overlap', () => {
    for (const [path, { content }] of files) {
      if (!path.startsWith('grafana/provisioning/dashboards/json/')) continue;
      const { panels } = JSON.parse(content) as {
        panels: { gridPos: { x: number; y: number; w: number; h: number } }[];
      };
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
      );
      expect(new Set(cells).size, path).toBe(cells.length);
      expect(Math.max(...panels.map(({ gridPos }) => gridPos.x + gridPos.w)), path).toBeLessThanOrEqual(24);
    }
  });
});

describe('scripts', () => {
  it('make one database and one role for each service', () => {
    expect(text('scripts/init-postgres.sh')).toContain(
      'create_database booking "$BOOKING_DATABASE_PASSWORD_FILE" btree_gist',
    );
    expect(text('scripts/init-mongodb.js')).toContain(
      "{ name: 'review', passwordFile: process.env.REVIEW_DATABASE_PASSWORD_FILE },",
    );
    expect(files.get('scripts/init-postgres.sh')?.mode).toBe(0o755);
  });
});

describe('docs', () => {
  it('name the real ports and draw who calls whom', () => {
    expect(text('docs/QUICK_START.md')).toContain('API=http://127.0.0.1:3001/api/v1');
    expect(text('docs/ARCHITECTURE.md')).toContain('booking_service --> listing_service');
    expect(text('docs/ARCHITECTURE.md')).toContain('booking_service -.-> postgres');
  });
});
