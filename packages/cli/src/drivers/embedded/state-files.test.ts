import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateDir, type StateDir } from '../../platform/state-dir.ts';
import {
  edgeConfigFile,
  edgePortsFile,
  readApplied,
  readData,
  readEdgeConfig,
  readEdgePorts,
  readHolder,
  readRecord,
  readRegistry,
  readReport,
  readScale,
  requireReadable,
} from './state-files.ts';

let dir: StateDir;
beforeEach(() => {
  dir = stateDir(mkdtempSync(join(tmpdir(), 'hometrip-files-')));
  mkdirSync(dir.instances, { recursive: true });
});
afterEach(() => rmSync(dir.project, { recursive: true }));

const lock = () => join(dir.run, 'supervisor.1.lock');
const report = () => join(dir.instances, 'rooms#1.1.instance.json');
const files: readonly { name: string; path: () => string; read: () => unknown; empty: unknown }[] = [
  { name: 'stack.json', path: () => dir.applied, read: () => readApplied(dir), empty: undefined },
  {
    name: 'data.json',
    path: () => dir.data,
    read: () => readData(dir),
    empty: { databases: [], migrations: {}, secrets: {} },
  },
  {
    name: 'registry.json',
    path: () => dir.registry,
    read: () => readRegistry(dir.registry),
    empty: undefined,
  },
  {
    name: 'edge.json',
    path: () => edgeConfigFile(dir),
    read: () => readEdgeConfig(edgeConfigFile(dir)),
    empty: undefined,
  },
  {
    name: 'edge-ports.json',
    path: () => edgePortsFile(dir),
    read: () => readEdgePorts(edgePortsFile(dir)),
    empty: {},
  },
  { name: 'a lock', path: lock, read: () => readHolder(lock()), empty: undefined },
  { name: 'a report', path: report, read: () => readReport(report()), empty: undefined },
  {
    name: 'a record',
    path: () => join(dir.instances, 'rooms#1.1.record.json'),
    read: () => readRecord(dir, 'rooms#1.1'),
    empty: undefined,
  },
];
const wrong = {
  'a list': '[{}]',
  'a text': '"text"',
  null: 'null',
  'cut short': '{"services":{"rooms":[{"inst',
  empty: '',
  binary: '\u0000\u0001',
  'other fields': '{"services":{"rooms":5},"listeners":7,"databases":{},"pid":"1","stack":[]}',
};

describe.each(files)('$name that is not what was written counts as missing', ({ path, read, empty }) => {
  it.each(Object.entries(wrong))('%s', (_, text) => {
    writeFileSync(path(), text);
    expect(read()).toEqual(empty);
  });
});

describe('a command that only looks names the file that it cannot use', () => {
  it.each(Object.entries(wrong))('%s', (_, text) => {
    writeFileSync(dir.applied, text);
    expect(() => requireReadable(dir)).toThrow(
      expect.objectContaining({
        message: 'this file is not what hometrip wrote',
        where: dir.applied,
        next: ['hometrip up writes it anew; nothing of the data is lost'],
      }),
    );
  });
});

it('what scale asked for is a wish of the user’s, and not dropped silently', () => {
  writeFileSync(dir.scale, '[]');
  expect(() => readScale(dir)).toThrow(
    expect.objectContaining({ where: dir.scale, next: [expect.stringMatching(/^remove it/)] }),
  );
  writeFileSync(dir.scale, '{"rooms":{"replicas":3,"specified":1}}');
  expect(readScale(dir)).toEqual({ rooms: { replicas: 3, specified: 1 } });
});

describe('what is no file is named, and never waited for', () => {
  it.each([
    ['it is a folder', (path: string) => mkdirSync(path)],
    ['it is a pipe, not a file', (path: string) => execFileSync('mkfifo', [path])],
    ['it is a device, not a file', (path: string) => symlinkSync('/dev/zero', path)],
    ['it is a link that leads back to itself', (path: string) => symlinkSync(path, path)],
  ])('%s', (reason, make) => {
    for (const path of [dir.applied, dir.data, dir.scale, dir.registry, edgeConfigFile(dir)]) make(path);
    for (const [path, read] of [
      [dir.applied, readApplied],
      [dir.data, readData],
      [dir.scale, readScale],
    ] as const)
      expect(() => read(dir)).toThrow(
        expect.objectContaining({
          where: path,
          message: `hometrip keeps a file here, and cannot read it: ${reason}`,
        }),
      );
    // Below run/ everything is written anew.
    expect(readRegistry(dir.registry)).toBeUndefined();
    expect(readEdgeConfig(edgeConfigFile(dir))).toBeUndefined();
  });
});

it('what an earlier version wrote is taken', () => {
  const stack = { services: [], components: [], workloads: [], databases: [], secrets: [] };
  const earlier = {
    stack,
    output: '/o',
    build: '/b',
    replicas: {},
    fingerprints: {},
    external: {},
    migrations: {},
  };
  mkdirSync(dirname(dir.applied), { recursive: true });
  writeFileSync(dir.applied, JSON.stringify(earlier));
  expect(readApplied(dir)).toEqual({ ...earlier, secrets: {} });
});
