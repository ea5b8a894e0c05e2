import { expect, test } from 'vitest';
import { explainStart } from './explain.ts';

const place = { dataDir: '/data', log: '/log' };
const cases: [line: string, meaning: string][] = [
  ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', 'port-taken'],
  ['FATAL:  lock file "postmaster.pid" already exists', 'already-running'],
  ['FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use', 'orphans'],
  [
    'FATAL:  could not write lock file "postmaster.pid": No space left on device',
    'the disk is full: PostgreSQL cannot write',
  ],
  [
    'PANIC:  could not write to file "pg_wal/xlogtemp.9": No space left on device',
    'the disk is full: PostgreSQL cannot write',
  ],
  [
    'FATAL:  database files are incompatible with server',
    'the data directory was written by another PostgreSQL',
  ],
  [
    'PANIC:  could not locate a valid checkpoint record at 0/1',
    'the data directory is damaged; nothing was deleted',
  ],
  ['FATAL:  data directory "/data" has wrong ownership', 'the data directory belongs to another user'],
  [
    'FATAL:  could not map anonymous shared memory: Cannot allocate memory',
    'there is too little memory for PostgreSQL (it needs about 150 MB)',
  ],
  ['FATAL:  something new', 'PostgreSQL did not start (exit code 1); its log is /log'],
];

test.each(cases)('%s → %s', (line, meaning) => {
  const failure = explainStart([line], place, 'exit code 1');
  expect(typeof failure === 'string' ? failure : failure.message).toBe(meaning);
});
