import { EDGE, SUPERVISOR } from '../../../model/own-processes.ts';
import type { LogLine } from '../../driver.ts';
import { isSelected, parseInstanceId } from '../desired.ts';
import type { LogSource } from './files.ts';

/**
 * Which files to read, and which of their lines. Why an instance ended stands in the supervisor's log, so whoever reads
 * about an instance gets the lines that tell of it. The edge is shown when asked for by name only: it would repeat what
 * the services say.
 */
export function selectLogs(names: readonly string[]): {
  wanted(source: LogSource): boolean;
  tells(line: LogLine): boolean;
} {
  const all = names.length === 0;
  const whole = all || names.includes(SUPERVISOR);
  return {
    wanted: (source) =>
      source.service === SUPERVISOR || (isSelected(names, source) && !(all && source.service === EDGE)),
    tells: ({ service, fields }) => {
      if (service !== SUPERVISOR || whole) return true;
      const instance = parseInstanceId(String(fields['instance']));
      return instance !== undefined && isSelected(names, instance);
    },
  };
}
