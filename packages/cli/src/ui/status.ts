/** The table of a running stack. */
import { describeService } from '../model/blueprints.ts';
import { EDGE } from '../model/own-processes.ts';
import type { Instance } from '../drivers/driver.ts';
import type { InstanceStatus, StackStatus } from '../usecases/status.ts';
import type { UpResult } from '../usecases/up.ts';
import { table } from './table.ts';
import type { Terminal } from './terminal.ts';

type Style = Parameters<Terminal['style']>[0];
const stateStyles: Readonly<Record<Instance['state'], Style>> = {
  ready: 'green',
  starting: 'yellow',
  unready: 'yellow',
  draining: 'yellow',
  backoff: 'red',
  failed: ['red', 'bold'],
  stopped: 'dim',
};

/** What `up` leaves on the screen: where everything is, and what to do next. */
export function presentUp(result: UpResult, terminal: Terminal, elapsedMs: number): void {
  const byService = Map.groupBy(result.instances, ({ service }) => service);
  const urls = new Map(result.urls.map(({ service, url }) => [service, url]));
  const rows = result.stack.services.map((service) => {
    const { name } = service;
    const instances = byService.get(name) ?? [];
    const ready = instances.filter(({ state }) => state === 'ready').length;
    const state = result.scaledToZero.includes(name)
      ? 'scaled to 0'
      : instances.length === 0
        ? 'not started'
        : ready === instances.length
          ? 'ready'
          : `${ready}/${instances.length} ready`;
    return [
      name,
      terminal.style(state === 'ready' ? 'green' : 'yellow', state),
      String(instances.length),
      urls.get(name) ?? '',
      describeService(service),
    ];
  });
  const columns = [
    { title: 'SERVICE' },
    { title: 'STATE' },
    { title: 'REPLICAS', align: 'right' as const },
    { title: 'URL' },
    { title: '', flexible: true },
  ];
  terminal.out(
    table(columns, rows, { columns: terminal.columns, header: (text) => terminal.style('dim', text) }),
  );
  // The edge stands in for nginx: one line says it.
  const provided = result.components.filter(({ name, state }) => state !== 'absent' && name !== EDGE);
  const absent = result.components.filter(({ state }) => state === 'absent').map(({ name }) => name);
  if (provided.length > 0) {
    terminal.out('');
    terminal.out(
      table(
        [{ title: 'COMPONENT' }, { title: 'HERE', flexible: true }],
        provided.map(({ name, provider }) => [name, provider]),
        { columns: terminal.columns, header: (text) => terminal.style('dim', text) },
      ),
    );
  }
  if (absent.length > 0) terminal.out(terminal.style('dim', `not run here: ${absent.join(', ')}`));
  const gateway =
    result.urls.find(({ kind, service }) => kind === 'gateway' && service.includes('api')) ??
    result.urls.find(({ kind }) => kind === 'gateway');
  terminal.out('');
  const did = result.operations.length === 0 ? 'nothing to do' : `${result.operations.length} operations`;
  terminal.out(
    `${terminal.style(['green', 'bold'], `${result.stack.name} is up`)}  ${terminal.style('dim', `${did}, ${(elapsedMs / 1000).toFixed(1)} s`)}`,
  );
  if (gateway !== undefined)
    terminal.out(
      `  API     ${terminal.style('cyan', `${gateway.url}/api/v1`)}\n  docs    ${terminal.style('cyan', `${gateway.url}/docs`)}`,
    );
  terminal.out(`  secrets ${result.secrets}\n  next    hometrip status | logs -f | scale SERVICE=N | down`);
}

/** @param terminal Only its looks: this prints nothing. */
export function statusText(
  status: StackStatus,
  terminal: Pick<Terminal, 'style' | 'columns'>,
  options: { all: boolean },
): string {
  const lines: string[] = [];
  const out = (text: string): void => void lines.push(text);
  if (!status.running && status.instances.length === 0) {
    out(
      status.stack === undefined
        ? 'This stack was never started: hometrip up'
        : `${status.stack} is down. Start it: hometrip up`,
    );
    return lines.join('\n');
  }
  const columns = [
    { title: 'INSTANCE' },
    { title: 'STATE' },
    { title: 'ADDRESS' },
    { title: 'OWN PORT', align: 'right' as const, optional: 4 },
    { title: 'PID', align: 'right' as const, optional: 2 },
    { title: 'RESTARTS', align: 'right' as const, optional: 1 },
    { title: 'CPU', align: 'right' as const },
    { title: 'MEMORY', align: 'right' as const },
    ...(options.all
      ? [
          { title: 'REQ/S', align: 'right' as const },
          { title: 'P95', align: 'right' as const },
          { title: 'ERRORS', align: 'right' as const },
        ]
      : []),
    { title: 'SINCE', optional: 3 },
    { title: '', flexible: true },
  ];
  // Clients use that of the service, whichever of its instances come and go.
  const addresses = new Map(status.urls.map(({ service, url }) => [service, new URL(url).host]));
  const rows = status.instances.map((instance) => [
    `${instance.service}#${instance.replica}`,
    terminal.style(stateStyles[instance.state], instance.state),
    addresses.get(instance.service) ?? '',
    String(instance.port ?? ''),
    String(instance.pid ?? ''),
    String(instance.restarts),
    instance.cpu === undefined ? '' : `${(instance.cpu * 100).toFixed(0)} %`,
    instance.memory === undefined ? '' : `${Math.round(instance.memory / 2 ** 20)} MB`,
    ...(options.all ? rateCells(instance) : []),
    age(instance.since),
    instance.reason ?? '',
  ]);
  for (const name of status.scaledToZero) rows.push([name, terminal.style('yellow', 'scaled to 0')]);
  out(table(columns, rows, { columns: terminal.columns, header: (text) => terminal.style('dim', text) }));
  if (status.scaledToZero.length > 0) {
    const wanted = status.scaledToZero.map((name) => `${name}=1`).join(' ');
    out(terminal.style('dim', `brought back by: hometrip scale ${wanted}`));
  }
  if (status.components.length > 0) out('');
  for (const { name, state, provider } of status.components)
    out(
      `${terminal.style('dim', name.padEnd(14))} ${state === 'absent' ? terminal.style('dim', provider) : `${provider}${state === 'ready' ? '' : ` (${state})`}`}`,
    );
  if (status.supervisor === 'gone')
    out(
      terminal.style(
        'yellow',
        '\nThe supervisor was killed; what it started goes on. hometrip up takes over.',
      ),
    );
  const gateways = status.urls.filter(({ kind }) => kind === 'gateway');
  if (gateways.length > 0)
    out(`\n${gateways.map(({ service, url }) => `${service} ${terminal.style('cyan', url)}`).join('   ')}`);
  return lines.join('\n');
}

function rateCells({ rates }: InstanceStatus): string[] {
  if (rates === undefined) return ['', '', ''];
  return [
    rates.requestsPerSecond.toFixed(1),
    rates.p95 === undefined ? '' : `${rates.p95.toFixed(rates.p95 < 10 ? 1 : 0)} ms`,
    rates.errorRate === undefined ? '' : `${(rates.errorRate * 100).toFixed(1)} %`,
  ];
}

function age(since: string): string {
  const seconds = Math.max(0, (Date.now() - Date.parse(since)) / 1000);
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
