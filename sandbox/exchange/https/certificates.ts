import { X509Certificate, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeCertificate } from './x509-writer.ts';

/** Files of the sandbox's own certificate authority and of its server. */
export interface Certificates {
  /** PEM of the authority: what clients trust (NODE_EXTRA_CA_CERTS). */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

const YEAR = 365 * 24 * 3_600_000;

/**
 * A certificate for localhost and 127.0.0.1 with an authority of its own, made once per directory and used again.
 * The key of the authority is thrown away after signing: nothing else can ever be issued in its name.
 */
export function localCertificates(directory: string): Certificates {
  const files = {
    caFile: join(directory, 'ca.pem'),
    certFile: join(directory, 'server.pem'),
    keyFile: join(directory, 'server.key'),
  };
  if (existsSync(files.keyFile) && !expiresSoon(files.certFile)) return files;

  mkdirSync(directory, { recursive: true });
  const authority = newKey();
  const server = newKey();
  const serial = randomBytes(8).toString('hex');
  const issuerName = `Bellhop sandbox authority ${serial}`;
  const common = {
    notBefore: Date.now() - 24 * 3_600_000,
    issuerName,
    issuerKey: authority.privateKey,
    issuerPublicKey: authority.publicKey,
  };
  const ca = writeCertificate({
    ...common,
    commonName: issuerName,
    serial: randomBytes(12),
    notAfter: Date.now() + 10 * YEAR,
    subjectKey: authority.publicKey,
    use: { authority: true },
  });
  const certificate = writeCertificate({
    ...common,
    commonName: 'localhost',
    serial: randomBytes(12),
    notAfter: Date.now() + 2 * YEAR,
    subjectKey: server.publicKey,
    use: {
      dnsNames: ['localhost'],
      addresses: [
        [127, 0, 0, 1],
        [...Array<number>(15).fill(0), 1],
      ],
    },
  });
  writeFileSync(files.caFile, ca);
  writeFileSync(files.certFile, certificate);
  writeFileSync(files.keyFile, server.privatePem, { mode: 0o600 });
  return files;
}

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privatePem: privateKey, privateKey: createPrivateKey(privateKey), publicKey: createPublicKey(privateKey) };
}

/** Certificates live two years and are renewed in the last of them, with a new authority. */
function expiresSoon(certFile: string): boolean {
  return !existsSync(certFile) || issuedAt(readFileSync(certFile, 'utf8')) < Date.now() - YEAR;
}

function issuedAt(pem: string): number {
  return Date.parse(new X509Certificate(pem).validFrom);
}
