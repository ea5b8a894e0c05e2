import type { Port } from '../../model/stack.ts';
import type { Path } from '../located.ts';
import type { Rule, RuleContext } from './context.ts';

interface Taken {
  readonly port: number;
  readonly who: string;
  readonly path: Path;
}

function portsOf({ members, components, root }: RuleContext): Taken[] {
  const ofComponents = components
    .filter(({ spec }) => spec.external === undefined)
    .flatMap(({ name, kind, spec: { params } }) =>
      kind.listens(params).flatMap(({ name: label, published: port }: Port) => {
        if (port === undefined) return [];
        // A port that is not written is a default: then the component itself is the place.
        const key = Object.keys(params).find((param) => params[param] === port);
        const written = key !== undefined && root.entries.has('components');
        return [
          {
            port,
            who: `${name} (${label})`,
            path: written ? ['components', name, key] : ['components', name],
          },
        ];
      }),
    );
  return [
    ...ofComponents,
    ...members.map(({ name, spec, path }) => ({ port: spec.port, who: name, path: [...path, 'port'] })),
  ];
}

export const portTakenTwice: Rule = (context) => {
  const byPort = Map.groupBy(portsOf(context), ({ port }) => port);
  const free = freePorts(byPort);
  for (const [port, [first, ...others]] of byPort) {
    if (first === undefined || others.length === 0) continue;
    const worst = context.blame([first, ...others]);
    for (const place of [first, ...others]) {
      if (place === (worst === first ? others[0] : first)) continue;
      const other = place === first ? others[0] : first;
      context.report(
        'HT0301',
        place.path,
        `${place.who} listens on ${port}, as ${other?.who ?? ''} does`,
        `${free.next().value ?? 'another one'} is free`,
      );
    }
  }
};

function* freePorts(taken: ReadonlyMap<number, unknown>): Generator<number> {
  for (let port = 4001; port < 65_535; port++) if (!taken.has(port) && !refusedPorts.has(port)) yield port;
}

/** From 1024 on; https://fetch.spec.whatwg.org/#port-blocking */
export const refusedPorts: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
]);

export const portReserved: Rule = ({ members, report }) => {
  for (const { name, spec, path } of members) {
    if (spec.port < 1024)
      report(
        'HT0302',
        [...path, 'port'],
        `${name} listens on ${spec.port}, which needs special rights`,
        'choose one from 1024 on',
      );
    else if (refusedPorts.has(spec.port))
      report(
        'HT0302',
        [...path, 'port'],
        `${name} listens on ${spec.port}, which browsers and fetch refuse`,
        'choose another one',
      );
  }
};
