import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

export interface Certificate {
  /** Of the authority that signed it, as text: what a client has to trust. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for 127.0.0.1 and localhost from an authority of its own: ca.pem, cert.pem and key.pem in the folder. */
export function makeCertificate(folder: string): Certificate {
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...args],
      {
        stdio: 'pipe',
      },
    );
  openssl('-subj', '/CN=authority of a test', '-keyout', file('ca.key'), '-out', file('ca.pem'));
  const names = [
    '-addext',
    'subjectAltName=IP:127.0.0.1,DNS:localhost',
    '-addext',
    'basicConstraints=CA:false',
  ];
  const authority = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')];
  openssl(
    '-subj',
    '/CN=server of a test',
    ...names,
    ...authority,
    '-keyout',
    file('key.pem'),
    '-out',
    file('cert.pem'),
  );
  const [ca, certificate, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) =>
    readFileSync(file(name), 'utf8'),
  );
  return { authority: ca as string, certificate: certificate as string, key: key as string };
}

/** Runs with that authority among the trusted ones, as NODE_EXTRA_CA_CERTS does it for a process. */
export async function trusting<T>(authority: string, work: () => Promise<T>): Promise<T> {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, authority]);
  try {
    return await work();
  } finally {
    setDefaultCACertificates(before);
  }
}
