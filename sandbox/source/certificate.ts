import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Paths of PEM files. */
export interface ServerCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** What a client has to trust. */
  readonly caFile: string;
}

const run = promisify(execFile);
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * A certificate for localhost and 127.0.0.1 from a CA of its own, made once per directory (needs openssl) and used
 * again afterwards. The key of the CA does not stay.
 */
export async function makeServerCertificate(directory: string): Promise<ServerCertificate> {
  const file = (name: string): string => join(directory, name);
  const certificate = { certFile: file('server.pem'), keyFile: file('server.key'), caFile: file('ca.pem') };
  if (existsSync(certificate.certFile)) return certificate;

  await mkdir(directory, { recursive: true });
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: directory });
  await openssl(
    'req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3650',
    '-subj', '/CN=Sandbox mail CA', '-addext', 'keyUsage=critical,keyCertSign',
  ); // prettier-ignore
  await openssl('req', ...NEW_KEY, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  await writeFile(file('server.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n');
  await openssl(
    'x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial',
    '-days', '3650', '-extfile', 'server.ext', '-out', 'server.pem.new',
  ); // prettier-ignore
  await chmod(file('server.key'), 0o600);
  // Written last and under its final name last: its presence says that all is there.
  await run('mv', [file('server.pem.new'), certificate.certFile]);
  await run('rm', ['-f', file('ca.key'), file('ca.srl'), file('server.csr'), file('server.ext')]);
  return certificate;
}
