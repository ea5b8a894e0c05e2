/** From measurements to Markdown. */
import type { Contestant } from './contestants.ts';
import type { Result } from './launch.ts';

type Results = ReadonlyMap<Contestant, readonly Result[]>;

export function resultTable(results: Results): string {
  const express = [...results].find(([{ name, kind }]) => name === 'Express 5' && kind === 'bare')?.[1];
  const rows = [...results].map(([{ name, kind }, list]) => {
    const rate = median(list, ({ rate }) => rate);
    return [
      name,
      kind,
      Math.round(rate).toLocaleString('en'),
      express === undefined ? '–' : (rate / median(express, (result) => result.rate)).toFixed(2),
      median(list, ({ p50 }) => p50).toFixed(1),
      median(list, ({ p99 }) => p99).toFixed(1),
      median(list, ({ cpu }) => cpu).toFixed(1),
      `${Math.round(median(list, ({ busy }) => busy) * 100)} %`,
      String(Math.round((list.at(-1)?.memory ?? 0) / 2 ** 20)),
    ];
  });
  return table(
    [
      '',
      'features',
      'requests/s',
      '× bare Express',
      'p50 ms',
      'p99 ms',
      'CPU µs/request',
      'core busy',
      'RSS MiB',
    ],
    rows,
  );
}

/** Said when the servers were kept from their core: requests per second are then what others left over. */
export function crowded(results: Results): string {
  const busy = median([...results.values()].flat(), (result) => result.busy);
  return busy > 0.8 ? '' : ' **The machine did other work meanwhile: only compare CPU time.**';
}

/** Compares the least of all rounds: what disturbs a measurement of CPU time can only add to it. */
export function costTable(results: Results): string {
  const least = (list: readonly Result[]): number => Math.min(...list.map(({ cpu }) => cpu));
  const all = least([...results].find(([{ name }]) => name === 'all')?.[1] ?? []);
  return table(
    ['feature', 'CPU µs/request without it', 'it costs, µs'],
    [...results].map(([{ name }, list]) => [
      name === 'all' ? '(everything on)' : name === 'none' ? '(all of these off)' : name,
      least(list).toFixed(1),
      name === 'all' ? '' : (all - least(list)).toFixed(1),
    ]),
  );
}

export const stepTable = (times: ReadonlyMap<string, number>): string =>
  table(
    ['step, alone in a loop', 'µs'],
    [...times].map(([name, time]) => [name, time.toFixed(2)]),
  );

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map(line).join('\n');
}

function median(results: readonly Result[], pick: (result: Result) => number): number {
  const values = results.map(pick).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? 0;
}
