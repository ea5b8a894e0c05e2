import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The variable that tests/setup/authority.ts sets: the folder of the authority that the processes of a run trust. */
export const AUTHORITY = 'HOMETRIP_TEST_AUTHORITY';

export interface Certificate {
  /** Of the authority that signed it, as text: what a client has to trust. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Wish {
  /** Signed by an authority that nobody trusts. */
  readonly stranger?: boolean;
  /** Names beside 127.0.0.1. */
  readonly names?: readonly string[];
}

/** A certificate for 127.0.0.1 and localhost: ca.pem, cert.pem and key.pem in the folder. */
export function makeCertificate(
  folder: string,
  { stranger = false, names = ['localhost'] }: Wish = {},
): Certificate {
  const file = (name: string): string => join(folder, name);
  const trusted = process.env[AUTHORITY];
  const authority = stranger || trusted === undefined ? folder : trusted;
  if (!existsSync(join(authority, 'ca.key'))) makeAuthority(authority);
  if (authority !== folder) copyFileSync(join(authority, 'ca.pem'), file('ca.pem'));
  const alternatives = ['IP:127.0.0.1', ...names.map((name) => `DNS:${name}`)].join(',');
  openssl(
    ...['-subj', '/CN=server of a test', '-addext', `subjectAltName=${alternatives}`],
    ...['-addext', 'basicConstraints=CA:false'],
    ...['-CA', join(authority, 'ca.pem'), '-CAkey', join(authority, 'ca.key')],
    ...['-keyout', file('key.pem'), '-out', file('cert.pem')],
  );
  const [ca, certificate, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) =>
    readFileSync(file(name), 'utf8'),
  );
  return { authority: ca as string, certificate: certificate as string, key: key as string };
}

/** ca.pem and ca.key in the folder. */
export function makeAuthority(folder: string): void {
  const [key, certificate] = [join(folder, 'ca.key'), join(folder, 'ca.pem')];
  openssl('-subj', '/CN=authority of a test', '-keyout', key, '-out', certificate);
}

function openssl(...args: string[]): void {
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...args],
    { stdio: 'pipe' },
  );
}
