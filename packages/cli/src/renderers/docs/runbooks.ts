import { alertGroups } from '../../model/alerts.ts';
import type { Stack } from '../../model/stack.ts';

/** What to do about each alert of the services; those of components carry their own advice. */
const advice: Readonly<Record<string, string>> = {
  ErrorBudgetBurnsFast: `Users see errors now.

1. \`hometrip status\`: is an instance down or restarting?
2. \`hometrip logs SERVICE --level error --since 15m\`: which error, on which route?
3. Did something change in the last hour? Take it back first, understand it later.
4. Is a dependency down? The dashboard of the service shows its database and events.`,
  ErrorBudgetBurnsSlowly: `A small share of requests fails for hours. It can wait until the morning, but the month's budget will not last.

1. \`hometrip logs SERVICE --level error --since 6h\` and group by route and code.
2. Look for one instance that fails more than the others: \`hometrip restart SERVICE\`.`,
  LatencyAboveTarget: `Requests take longer than the target in services.yaml.

1. Which route? The dashboard of the service shows requests by route.
2. CPU near its limit: \`hometrip scale SERVICE=N\`. Event loop lag: look for work that blocks. Waiting connections: look for slow queries.`,
  InstanceDown: `One instance does not answer its metrics port. The others carry on.

1. \`hometrip status\` says whether it is starting, failing or gone.
2. \`hometrip logs SERVICE --since 10m\` has its last words.`,
  ServiceDown: `No instance answers: everything that needs this service fails.

1. \`hometrip status\`, then \`hometrip logs SERVICE --since 10m\`.
2. \`hometrip up SERVICE\` starts it again and names the cause when it cannot.`,
  CrashLoop: `The process starts and dies again.

1. \`hometrip logs SERVICE --level error\`: the last line before each start says why.
2. After a change of code or settings: take it back. After none: look at its dependencies.`,
  EventLoopBlocked:
    'Something keeps the CPU busy for half a second at a time: large JSON, a regular expression, a tight loop. Take a CPU profile (`node --cpu-prof`) of one instance under load.',
  MemoryNearLimit:
    'The process is about to be killed by its memory limit. Growing steadily: a leak, take a heap snapshot. Flat and high: raise `limits.memory` in services.yaml.',
  OutboxStuck: `Events are written but not delivered.

1. Does the broker answer? \`hometrip status\`.
2. \`hometrip logs SERVICE --grep outbox\`. The events are safe in the database and leave as soon as the broker is back.`,
  EventsRefused: `The broker took other events, and not these: one is too large for it, or its headers are. They wait in \`outbox_dead\` of the
service's own database, with the reason; the events after them have left.

1. \`select id, name, reason, refused_at from outbox_dead\`.
2. Mend the cause (RabbitMQ: \`max_message_size\`), then send them again: move the rows back into \`outbox\`; or delete them.`,
  EventsDeadLettered:
    'A consumer failed on an event until its retries were used up. Its log says why (`hometrip logs SERVICE --grep dead`). Mend the cause, then replay the dead letters.',
};

export function runbooks(stack: Stack): { name: string; text: string }[] {
  const component = Object.fromEntries(
    stack.components.flatMap(({ monitoring }) =>
      monitoring.alerts.map((alert) => [alert.alert, alert.runbook]),
    ),
  );
  const alerts = new Map(
    alertGroups(stack)
      .flatMap(({ rules }) => rules)
      .map((rule) => [rule.alert, rule]),
  );
  return [...alerts.values()].map(({ alert, labels }) => ({
    name: alert,
    text: `# ${alert}\n\nSeverity: ${labels['severity']}.\n\n${advice[alert] ?? component[alert] ?? ''}\n`,
  }));
}
