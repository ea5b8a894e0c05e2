import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Announcement, Presence } from './presence.ts';

const times = { beat: 10_000, lease: 25_000, grace: 3_000 };
let told: string[];
let announced: Announcement[];
let away: boolean;
let presence: Presence;
const from = (replica: string, users: string[], ask = false) =>
  presence.receive({ type: 'here', replica, users, ask });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  [told, announced, away] = [[], [], false];
  presence = new Presence({
    replica: 'this',
    times,
    async announce(announcement) {
      if (away) throw new Error('away');
      announced.push(announcement);
    },
    tell: (user, online) => told.push(`${user} ${online ? 'comes' : 'goes'}`),
  });
});
afterEach(() => {
  presence.close();
  vi.useRealTimers();
});

it('says who comes and who goes, once for all sockets of a user', () => {
  presence.add('ada', true);
  presence.add('ada', true);
  presence.remove('ada');
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual(['ada comes']);
  presence.remove('ada');
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual(['ada comes', 'ada goes']);
  expect(announced).toEqual([
    { type: 'here', replica: 'this', users: ['ada'], ask: true },
    { type: 'here', replica: 'this', users: [], ask: false },
  ]);
});

it('does not notice who moves to another replica, or is back soon', () => {
  presence.add('ada', false);
  from('other', ['bob']);
  presence.remove('ada');
  from('other', []);
  vi.advanceTimersByTime(2_000);
  from('other', ['ada']);
  presence.add('bob', false);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['ada comes', 'bob comes']);
  expect(presence.online).toEqual(['ada', 'bob']);
});

it('answers who asks, if there is somebody to tell of', () => {
  from('other', ['bob'], true);
  vi.advanceTimersByTime(100);
  expect(announced).toEqual([]);
  presence.add('ada', false);
  vi.advanceTimersByTime(100);
  from('other', ['bob'], true);
  from('third', ['cleo'], true);
  vi.advanceTimersByTime(100);
  expect(announced.map(({ users, ask }) => [users, ask])).toEqual([
    [['ada'], false],
    [['ada'], false],
  ]);
});

it('says what it was about to say before it ends', () => {
  presence.add('ada', true);
  presence.close();
  expect(announced).toHaveLength(1);
});

it('forgets a replica that is silent for too long', async () => {
  from('other', ['bob']);
  from('third', ['cleo']);
  vi.advanceTimersByTime(20_000);
  from('third', ['cleo']);
  vi.advanceTimersByTime(6_000);
  await presence.beat(false);
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual(['bob comes', 'cleo comes', 'bob goes']);
});

it('takes nobody for gone while it cannot speak itself', async () => {
  from('other', ['bob']);
  away = true;
  vi.advanceTimersByTime(60_000);
  await presence.beat(false);
  away = false;
  vi.advanceTimersByTime(20_000);
  await presence.beat(false);
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual(['bob comes']);
});
