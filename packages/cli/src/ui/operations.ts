import type { Operation } from '../drivers/driver.ts';
import type { Terminal } from './terminal.ts';

/** A plan, one operation a line: `replace booking-service#2 because its code changed`. */
export function presentOperations(operations: readonly Operation[], terminal: Terminal): void {
  for (const { kind, target, cause } of operations)
    terminal.out(`${kind.padEnd(8)} ${terminal.style('bold', target)} ${terminal.style('dim', cause)}`);
  if (operations.length === 0) terminal.out('nothing to do');
}

/** `migrate booking-service` */
export const describeOperationShort = ({ kind, target }: Operation): string => `${kind} ${target}`;
