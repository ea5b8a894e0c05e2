import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { logLines, openLog, rotateLog } from './log-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'hometrip-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a full log is moved aside under the feet of a writer, who goes on at its beginning', async () => {
  const path = join(folder, 'deep', 'postgres.log');
  const log = await openLog(path);
  writeSync(log.fd, 'first\n'.repeat(100));
  expect(await rotateLog(path, 10_000)).toBe(false);
  expect(await rotateLog(path, 500)).toBe(true);
  writeSync(log.fd, 'second\n');
  log.close();
  expect(readFileSync(path, 'utf8')).toBe('second\n');
  expect(statSync(`${path}.1`).size).toBe(600);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('the lines of one attempt are those after its offset', async () => {
  const path = join(folder, 'attempts.log');
  appendFileSync(path, 'old\n');
  const { offset, close } = await openLog(path);
  close();
  appendFileSync(path, 'new\n');
  expect(await logLines(path, offset)).toEqual(['new']);
});
