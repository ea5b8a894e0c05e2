/**
 * A replica of the order service in a process of its own. An order of this text ends it in the moment in which the order is in the
 * database and not yet answered: KILLED_BY. Says its port on standard output.
 */
import { currentContext } from '../../context.ts';
import { afterCommit, type Tx } from '../../database/index.ts';
import { start } from '../../service/start.ts';
import { orderService } from './orders.ts';

const definition = orderService('sql', {
  placing(text) {
    const { transaction } = currentContext() ?? {};
    if (transaction !== undefined && text === process.env['KILLED_BY'])
      afterCommit(transaction.tx as Tx, () => process.kill(process.pid, 'SIGKILL'));
  },
});
const service = await start(definition, {
  env: { ...process.env, LOG_LEVEL: 'silent' },
  processMetrics: false,
});
process.stdout.write(`${service.port}\n`);
