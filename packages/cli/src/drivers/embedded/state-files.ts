/**
 * The files that the driver keeps below `.hometrip/`, each with its shape: the one place that reads them. A file that is
 * not what was written (an editor, a restored backup, a full disk) is healed where that loses nothing, and named where it
 * would: `scale.json` holds a wish of the user's. What is no file at all (a folder, a pipe) is named, unless it is below
 * `run/`, where everything is written anew.
 */
import { dirname, join } from 'node:path';
import { UserError } from '../../platform/errors.ts';
import { FileProblem, readPlainFile } from '../../platform/plain-file.ts';
import type { StateDir } from '../../platform/state-dir.ts';
import type { EmbeddedDesired } from './desired.ts';
import type { EdgeConfig, EdgePorts } from './edge/config.ts';
import type { LockHolder } from './lock.ts';
import type { Scale } from './scale.ts';
import type { InstanceRecord } from './supervisor/instance.ts';
import type { RegistryDocument } from './supervisor/registry.ts';
import type { DataRecord } from './supervisor/supervisor.ts';

/** What a service writes when it listens. */
export interface InstanceReport {
  readonly pid: number;
  readonly port: number;
  /** Where health and metrics are; absent: there. */
  readonly operationsPort?: number;
  readonly startedAt?: string;
}

/** What was applied last, for the supervisor: without it, the next `up` says it anew. */
export const readApplied = (dir: StateDir): EmbeddedDesired | undefined =>
  whole(healed(dir.applied, isApplied));

/** The same for a command that only looks. @throws UserError when the file is not what `up` wrote. */
export const requireReadable = (dir: StateDir): EmbeddedDesired | undefined =>
  whole(named(dir.applied, isApplied, 'hometrip up writes it anew; nothing of the data is lost'));

/** What an earlier version did not write yet. */
const whole = (applied: EmbeddedDesired | undefined): EmbeddedDesired | undefined =>
  applied === undefined ? undefined : { ...applied, secrets: applied.secrets ?? {} };

/** Creating and migrating what is there already changes nothing, so a lost record costs a moment. */
export const readData = (dir: StateDir): DataRecord =>
  healed(dir.data, isData) ?? { databases: [], migrations: {}, secrets: {} };

/** @throws UserError when the file is not what `scale` wrote. */
export const readScale = (dir: StateDir): Scale | undefined =>
  named(
    dir.scale,
    isScale,
    'remove it: every service then has the replicas of services.yaml; say others with hometrip scale',
  );

export const readRegistry = (path: string): RegistryDocument | undefined => derived(path, isRegistry);
export const readEdgeConfig = (path: string): EdgeConfig | undefined => derived(path, isEdgeConfig);
export const readEdgePorts = (path: string): EdgePorts => derived(path, isEdgePorts) ?? {};
export const readHolder = (path: string): LockHolder | undefined => derived(path, isHolder);
export const readNote = (path: string): string | undefined => derived(path, isString);
export const readRecord = (dir: StateDir, name: string): InstanceRecord | undefined =>
  derived(join(dir.instances, `${name}.record.json`), isInstanceRecord);
export const readReport = (path: string): InstanceReport | undefined => derived(path, isReport);

export const edgeConfigFile = (dir: StateDir): string => join(dir.run, 'edge.json');
export const edgePortsFile = (dir: StateDir): string => join(dir.run, 'edge-ports.json');

type Shape<T> = (value: unknown) => value is T;

function healed<T>(path: string, fits: Shape<T>): T | undefined {
  const read = readJson(path);
  return fits(read) ? read : undefined;
}

function derived<T>(path: string, fits: Shape<T>): T | undefined {
  try {
    return healed(path, fits);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function named<T>(path: string, fits: Shape<T>, next: string): T | undefined {
  const read = readJson(path);
  if (read === undefined || fits(read)) return read;
  throw new UserError('this file is not what hometrip wrote', { where: path, next: [next] });
}

/** Stands for a text that is no JSON. */
const BROKEN = Symbol('broken');

/** Undefined when there is no file. @throws UserError for what is no file, or not this user's. */
function readJson(path: string): unknown {
  try {
    return JSON.parse(readPlainFile(path));
  } catch (error) {
    if (error instanceof SyntaxError) return BROKEN;
    if (!(error instanceof FileProblem)) throw error;
    if (error.missing) return undefined;
    throw new UserError(`hometrip keeps a file here, and cannot read it: ${error.message}`, {
      where: path,
      next: [
        error.message.startsWith('this user')
          ? `run it as the user whom ${dirname(path)} belongs to, or give this user the right`
          : 'move away what is there',
      ],
      cause: error,
    });
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isString = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isList =
  <T>(of: Shape<T>): Shape<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(of);
const isRecordOf =
  <T>(of: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value): value is Readonly<Record<string, T>> =>
    isFields(value) && Object.values(value).every(of);
const isNamed = (value: unknown): value is { readonly name: string } =>
  isFields(value) && isString(value['name']);

const isApplied = (value: unknown): value is EmbeddedDesired => {
  if (!isFields(value) || !isFields(value['stack'])) return false;
  const { stack } = value;
  return (
    ['services', 'components', 'workloads', 'databases', 'secrets'].every((part) =>
      Array.isArray(stack[part]),
    ) &&
    isList(isNamed)(stack['services']) &&
    isString(value['output']) &&
    isString(value['build']) &&
    isRecordOf(isNumber)(value['replicas']) &&
    isRecordOf(isString)(value['fingerprints']) &&
    isRecordOf(isString)(value['external']) &&
    isRecordOf(isString)(value['migrations']) &&
    isRecordOf(isString)(value['secrets'] ?? {})
  );
};
const isData = (value: unknown): value is DataRecord =>
  isFields(value) &&
  isList(isString)(value['databases']) &&
  isRecordOf(isString)(value['migrations']) &&
  // Missing in what earlier versions wrote.
  isRecordOf(isString)(value['secrets'] ?? {});
const isScale = isRecordOf(
  (value): value is Scale[string] =>
    isFields(value) && isNumber(value['replicas']) && isNumber(value['specified']),
);
const isEntry = (value: unknown): value is RegistryDocument['services'][string][number] =>
  isFields(value) && isString(value['instance']) && isString(value['host']) && isNumber(value['port']);
const isRegistry = (value: unknown): value is RegistryDocument =>
  isFields(value) && isNumber(value['version']) && isRecordOf(isList(isEntry))(value['services']);
const isEdgeConfig = (value: unknown): value is EdgeConfig =>
  isFields(value) &&
  isList(
    (one): one is EdgeConfig['listeners'][number] =>
      isFields(one) && isString(one['service']) && isNumber(one['port']) && isString(one['balance']),
  )(value['listeners']);
const isEdgePorts = isRecordOf(
  (value): value is EdgePorts[string] =>
    isFields(value) && isNumber(value['port']) && isNumber(value['specified']),
);
const isHolder = (value: unknown): value is LockHolder =>
  isFields(value) && isNumber(value['pid']) && isString(value['marker']);
const isInstanceRecord = (value: unknown): value is InstanceRecord =>
  isFields(value) &&
  ['service', 'main', 'fingerprint'].every((name) => isString(value[name])) &&
  ['replica', 'generation', 'restarts'].every((name) => isNumber(value[name]));
const isReport = (value: unknown): value is InstanceReport =>
  isFields(value) &&
  isNumber(value['pid']) &&
  isNumber(value['port']) &&
  (value['operationsPort'] === undefined || isNumber(value['operationsPort']));
