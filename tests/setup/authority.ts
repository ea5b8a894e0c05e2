/**
 * An authority whose certificates all processes of a run trust, in the way that users make theirs trust one. Node reads
 * the variable when it starts, so it is set before the first worker is there.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUTHORITY, makeAuthority } from '../servers/certificate.ts';

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  // Another project of this run has made it.
  if (process.env[AUTHORITY] !== undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'hometrip-test-authority-'));
  makeAuthority(folder);
  process.env[AUTHORITY] = folder;
  process.env['NODE_EXTRA_CA_CERTS'] = join(folder, 'ca.pem');
  return () => rm(folder, { recursive: true, force: true });
}
