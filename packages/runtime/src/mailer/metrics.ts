import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** How the sending of a mail ended. `invalid`: it was none. `aborted`: its caller gave it up. */
export type Outcome = 'sent' | 'refused' | 'invalid' | 'deferred' | 'unavailable' | 'uncertain' | 'aborted';

export interface MailerMetrics {
  ended(mail: string, outcome: Outcome, seconds: number): void;
  repeated(): void;
  available(is: boolean): void;
}

/** Names of mails come from the code; whoever makes them of data gets no more series than these. */
const MOST_NAMES = 200;

/** Labels are bounded, and have no recipients in them. */
export function mailerMetrics(metrics: Registry): MailerMetrics {
  const registers = [metrics];
  const mails = new Counter({
    name: 'mailer_mails_total',
    help: 'Mails by their name and how their sending ended.',
    labelNames: ['mail', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'mailer_send_duration_seconds',
    help: 'Time from the call until the server has taken the mail, or it was given up; attempts and pauses included.',
    labelNames: ['outcome'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const repeats = new Counter({
    name: 'mailer_repeats_total',
    help: 'Attempts beyond the first one of a mail.',
    registers,
  });
  const available = new Gauge({
    name: 'mailer_available',
    help: '0 after a mail for which the mail server could not be reached or used, 1 after one for which it could, and before.',
    registers,
  });
  available.set(1);
  const names = new Set<string>();
  return {
    ended(mail, outcome, seconds) {
      if (names.size < MOST_NAMES) names.add(mail);
      mails.inc({ mail: names.has(mail) ? mail : 'other', outcome });
      duration.observe({ outcome }, seconds);
    },
    repeated: () => repeats.inc(),
    available: (is) => available.set(is ? 1 : 0),
  };
}
