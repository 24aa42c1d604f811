import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM files of a server that a client trusting `ca` believes to be localhost. */
export interface Certificate {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** A CA of its own and a certificate for localhost and 127.0.0.1 below a directory, made once by openssl. */
export async function localCertificate(directory: string): Promise<Certificate> {
  await mkdir(directory, { recursive: true });
  const at = (name: string): string => join(directory, name);
  const files = { ca: at('ca.pem'), certificate: at('server.pem'), key: at('server.key') };
  if (existsSync(at('done'))) return files;
  const openssl = (...args: readonly string[]) => run('openssl', [...args]);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl('req', '-x509', ...newKey, '-days', '3650', '-keyout', at('ca.key'), '-out', files.ca, '-subj', '/CN=Bellhop sandbox CA', '-addext', 'basicConstraints=critical,CA:TRUE'); // prettier-ignore
  await openssl('req', ...newKey, '-keyout', files.key, '-out', at('server.csr'), '-subj', '/CN=localhost');
  await writeFile(at('extensions'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await openssl('x509', '-req', '-in', at('server.csr'), '-CA', files.ca, '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '3650', '-extfile', at('extensions'), '-out', files.certificate); // prettier-ignore
  await writeFile(at('done'), '');
  return files;
}
