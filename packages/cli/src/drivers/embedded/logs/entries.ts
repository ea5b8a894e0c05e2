/** Lines of a log as entries: a trace, or a statement over several lines, belongs to the line that it follows. */
import type { LogLine } from '../../driver.ts';
import { isServerLine, parseLine } from './parse.ts';

/** `/srv/rooms/service.ts:11`: how Node begins what it writes of an error that was not caught. */
const UNCAUGHT = /^(?:file:\/\/)?(?:[/\\]|[A-Za-z]:\\|node:).*:\d+$/;
/** And how it ends it. */
const END_OF_UNCAUGHT = /^Node\.js v\d/;
/** Frames, closing brackets, causes. */
const CONTINUES = /^(?:\s|[}\])]|Caused by:)/;
/** A process that writes text without an end must not fill our memory. */
const MOST_LINES = 1_000;

export interface Entries {
  /** The entries that are whole with this line. */
  take(raw: string): readonly LogLine[];
  /** What no further line has ended yet; taken with it. */
  rest(): readonly LogLine[];
  /** Whether there is something that a further line may belong to. */
  readonly open: boolean;
}

/** @param last Time of what has none and follows nothing that has. */
export function assembleEntries(source: { service: string; replica: number }, last: Date): Entries {
  let time = last;
  let open: { readonly first: LogLine; readonly lines: string[]; readonly uncaught: boolean } | undefined;
  const rest = (): readonly LogLine[] => {
    if (open === undefined) return [];
    const { first, lines, uncaught } = open;
    open = undefined;
    if (lines.length === 1) return [first];
    return [
      {
        ...first,
        // Nothing else says how bad it is.
        level: uncaught ? 'fatal' : first.level,
        message: [first.message, ...lines.slice(1)].join('\n'),
        raw: lines.join('\n'),
      },
    ];
  };
  return {
    rest,
    get open() {
      return open !== undefined;
    },
    take(raw) {
      const structured = raw.startsWith('{') || isServerLine(raw);
      if (open !== undefined && !structured && open.lines.length < MOST_LINES) {
        if (open.uncaught || CONTINUES.test(raw)) {
          open.lines.push(raw);
          return open.uncaught && END_OF_UNCAUGHT.test(raw) ? rest() : [];
        }
      }
      const before = rest();
      const line = parseLine(raw, source, time);
      time = line.time;
      if (raw.startsWith('{')) return [...before, line];
      open = { first: line, lines: [raw], uncaught: UNCAUGHT.test(raw) };
      return before;
    },
  };
}
