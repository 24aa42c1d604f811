import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import { createSecureContext } from 'node:tls';

import { expect, test } from 'vitest';

import { writeCertificate } from '../../../sandbox/exchange/https/x509-writer.ts';

/** Serial numbers are random: one in 512 begins with a byte that DER does not let stand as it is. */
const SERIALS = [
  { drawn: '007f01', read: '7F01' },
  { drawn: '000080', read: '80' },
  { drawn: '0080ff', read: '80FF' },
  { drawn: 'ff0001', read: 'FF0001' },
  { drawn: '000000', read: '0' },
];

test.each(SERIALS)('a certificate with serial $drawn is one that TLS takes', ({ drawn, read }) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = writeCertificate({
    commonName: 'authority',
    issuerName: 'authority',
    serial: Buffer.from(drawn, 'hex'),
    notBefore: Date.UTC(2026, 0, 1),
    notAfter: Date.UTC(2036, 0, 1),
    subjectKey: publicKey,
    issuerKey: privateKey,
    issuerPublicKey: publicKey,
    use: { authority: true },
  });
  expect(new X509Certificate(pem).serialNumber).toBe(read);
  createSecureContext({ ca: pem });
});
