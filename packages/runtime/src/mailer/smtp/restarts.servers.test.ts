import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cuttable, cuttable } from '../../../../../tests/servers/cuttable.ts';
import { startExim } from '../../../../../tests/servers/exim.ts';
import type { TestMailServer } from '../../../../../tests/servers/mail-server.ts';
import { startMailpit } from '../../../../../tests/servers/mailpit.ts';
import { reportProven } from '../../../../../tests/servers/report.ts';
import { portOptions } from '../../testing/port-options.ts';
import { FROM, mail } from '../conformance.ts';
import { openMailer } from '../index.ts';

/** Certainly not sent: it may be sent again at once. */
const REJECTED = ['mail-unavailable', 'mail-deferred'];

describe.each([
  ['Exim', startExim],
  ['Mailpit', startMailpit],
])('mail under way while %s', (_, startServer: () => Promise<TestMailServer>) => {
  let server: TestMailServer;
  let line: Cuttable;
  beforeAll(async () => {
    server = await startServer();
    line = await cuttable(server.url);
  });
  afterAll(async () => {
    reportProven({ port: 'mailer', adapter: 'smtp', server: server.name });
    await line[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** Sends without a break, and keeps what the mailer said of each mail. */
  async function underLoad(
    url: URL,
    disturb: (acknowledged: () => number, rejected: () => number) => Promise<void>,
  ) {
    const options = { ...portOptions(), from: FROM, attempts: 3, retry: { base: 10, max: 100 } };
    const mailer = await openMailer(url, options);
    const said = new Map<string, string>();
    let [sent, stopped] = [0, false];
    const lane = async (): Promise<void> => {
      while (!stopped) {
        const subject = randomUUID();
        sent += 1;
        await mailer.send(mail({ subject, key: subject, text: 'x'.repeat(2_000) })).then(
          () => said.set(subject, 'acknowledged'),
          (error: { code: string }) => said.set(subject, error.code),
        );
      }
    };
    const lanes = Array.from({ length: 10 }, lane);
    const count = (...words: string[]) => [...said.values()].filter((one) => words.includes(one)).length;
    const rejected = () => count(...REJECTED);
    await disturb(() => count('acknowledged'), rejected);
    stopped = true;
    await Promise.all(lanes);
    await mailer.close();
    const copies = async () => {
      const found = new Map<string, number>();
      for (const { source } of await server.received({ queued: true })) {
        const subject = /^Subject: ([0-9a-f-]{36})\r?$/m.exec(source.toString())?.[1] ?? '';
        if (said.has(subject)) found.set(subject, (found.get(subject) ?? 0) + 1);
      }
      return found;
    };
    const lost = async () => {
      const found = await copies();
      return [...said].filter(([subject, word]) => word === 'acknowledged' && !found.has(subject)).length;
    };
    await expect.poll(lost, { timeout: 30_000, interval: 200 }).toBe(0);
    const found = await copies();
    const of = (...words: string[]) =>
      [...found.keys()].filter((subject) => words.includes(said.get(subject) ?? ''));
    const counts = {
      sent,
      acknowledged: count('acknowledged'),
      uncertain: count('mail-uncertain'),
      rejected: rejected(),
      delivered: found.size,
      duplicated: [...found.values()].filter((times) => times > 1).length,
      lost: await lost(),
      deliveredThoughRejected: of(...REJECTED).length,
      deliveredThoughUncertain: of('mail-uncertain').length,
    };
    console.log(JSON.stringify({ server: server.name, ...counts }));
    return counts;
  }

  const more = async (count: () => number, by = 100): Promise<void> => {
    const before = count();
    await expect.poll(count, { timeout: 30_000, interval: 10 }).toBeGreaterThan(before + by);
  };

  const accountedFor = { duplicated: 0, lost: 0, deliveredThoughRejected: 0 };

  it('is stopped and killed: what was acknowledged is there once, what was not is reported', async () => {
    const counts = await underLoad(server.url, async (acknowledged, rejected) => {
      for (const end of [server.stop, server.kill]) {
        await more(acknowledged);
        await end();
        await more(rejected, 10);
        await server.start();
      }
      await more(acknowledged);
    });
    expect(counts).toMatchObject({
      ...accountedFor,
      sent: counts.acknowledged + counts.uncertain + counts.rejected,
    });
  });

  it('is cut off, again and again: what was acknowledged is there once', async () => {
    const counts = await underLoad(line.url, async (acknowledged) => {
      for (let cut = 0; cut < 20; cut += 1) {
        await more(acknowledged);
        line.cut();
      }
      await more(acknowledged);
    });
    expect(counts).toMatchObject({
      ...accountedFor,
      sent: counts.acknowledged + counts.uncertain + counts.rejected,
    });
  });

  it('cannot be reached: it is reported, and mail goes out when it is back', async () => {
    const options = { ...portOptions(), from: FROM, attempts: 2, retry: { base: 10, max: 10 } };
    const mailer = await openMailer(line.url, options);
    await line.close();
    await expect(mailer.send(mail())).rejects.toMatchObject({ code: 'mail-unavailable', status: 503 });
    expect(await options.metrics.metrics()).toContain('mailer_available 0');
    await line.open();
    await mailer.send(mail());
    expect(await options.metrics.metrics()).toContain('mailer_available 1');
    await mailer.close();
  });
});
