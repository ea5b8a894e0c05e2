/** What `hometrip dev` shows: the logs of what is worked on, and between them what became of each save. */
import { SUPERVISOR } from '../model/own-processes.ts';
import type { DevEvent, DevOutcome } from '../usecases/dev/dev.ts';
import { describeOperationShort } from './operations.ts';
import { presentError } from './errors.ts';
import { createLogPrinter, logJson } from './logs.ts';
import { seconds } from './progress.ts';
import { presentUp } from './status.ts';
import type { Terminal } from './terminal.ts';

type LaterEvent = Extract<DevEvent, { type: 'watching' | 'served' | 'applied' | 'failed' | 'log' }>;

export const isLater = (event: DevEvent): event is LaterEvent =>
  ['watching', 'served', 'applied', 'failed', 'log'].includes(event.type);

/** @param elapsedMs Since the command began, when all is up. */
export function devPresenter(terminal: Terminal, elapsedMs: () => number): (event: LaterEvent) => void {
  const print = createLogPrinter(terminal);
  const good = (text: string, rest: string): void =>
    terminal.err(`${terminal.styleErr('green', '✔')} ${text}  ${terminal.styleErr('dim', rest)}`);
  return (event) => {
    switch (event.type) {
      case 'watching': {
        presentUp(event.result, terminal, elapsedMs());
        const all = event.services.length === event.result.stack.services.length;
        terminal.out(`\nwatching ${all ? 'all services' : event.services.join(', ')}; Ctrl-C ends it`);
        for (const [service, port] of Object.entries(event.inspect))
          terminal.out(`debugger of ${service}: 127.0.0.1:${port}`);
        break;
      }
      case 'served':
        good(`${event.service} serves ${named(event.files)}`, seconds(event.durationMs) ?? '');
        break;
      case 'applied': {
        // The replacements were shown when they served.
        const others = event.operations.filter(({ kind }) => kind !== 'replace' && kind !== 'start');
        if (event.operations.length === 0) good(`${named(event.files)} is as it is served`, '');
        else if (others.length > 0)
          good(others.map(describeOperationShort).join(', '), seconds(event.durationMs) ?? '');
        break;
      }
      case 'failed':
        presentError(event.error, terminal, false);
        terminal.err(
          terminal.styleErr('yellow', 'what was served before goes on; save again when it is put right'),
        );
        break;
      case 'log':
        // How instances come and go is told above.
        if (event.line.service !== SUPERVISOR || event.line.level !== 'info') print(event.line);
    }
  };
}

/** One line of JSON each. */
export const devJson = (event: LaterEvent): object => {
  switch (event.type) {
    case 'watching':
      return { type: event.type, services: event.services, inspect: event.inspect, urls: event.result.urls };
    case 'failed':
      return {
        type: event.type,
        error: event.error instanceof Error ? event.error.message : String(event.error),
      };
    case 'log':
      return { type: event.type, line: logJson(event.line) };
    default:
      return event;
  }
};

/** @returns the exit code. */
export function presentDevOutcome(outcome: DevOutcome, terminal: Terminal, json: boolean): number {
  if (json) terminal.jsonLine({ type: 'ended', left: outcome.left });
  if (outcome.left === 'as up') {
    if (!json) terminal.err(`the stack goes on as hometrip up has it${changesOf(outcome.operations.length)}`);
    return 0;
  }
  if (outcome.left === 'down') {
    if (!json) terminal.err('the stack is down');
    return 0;
  }
  if (outcome.error !== undefined) presentError(outcome.error, terminal, json);
  if (!json)
    terminal.err(
      'the stack goes on as it was served last, with one replica of what was watched; then: hometrip up',
    );
  return 1;
}

const changesOf = (count: number): string =>
  count === 0 ? '' : `: ${count} ${count === 1 ? 'operation' : 'operations'} brought it there`;

const SHOWN = 2;

function named(files: readonly string[]): string {
  if (files.length === 0) return 'the code as it is';
  const rest = files.length - SHOWN;
  return `${files.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
