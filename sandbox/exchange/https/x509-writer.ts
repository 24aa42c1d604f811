import { createHash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What a certificate of the sandbox says. Times are ms since 1970 UTC. */
export interface CertificateText {
  readonly commonName: string;
  readonly serial: Buffer;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Public key the certificate speaks for. */
  readonly subjectKey: KeyObject;
  readonly issuerName: string;
  readonly issuerKey: KeyObject;
  readonly issuerPublicKey: KeyObject;
  /** A certificate authority signs others; anything else names the hosts it serves. */
  readonly use:
    | { readonly authority: true }
    | { readonly dnsNames: readonly string[]; readonly addresses: readonly (readonly number[])[] };
}

/**
 * Writes an X.509 v3 certificate (RFC 5280) as PEM. Node reads certificates but does not write them, and a fresh machine
 * need not have openssl. Keys are P-256, signatures ecdsa-with-SHA256.
 */
export function writeCertificate(text: CertificateText): string {
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(text.serial),
    algorithm,
    name(text.issuerName),
    sequence(time(text.notBefore), time(text.notAfter)),
    name(text.commonName),
    text.subjectKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(text))),
  );
  const signature = sign('sha256', body, text.issuerKey);
  const der = sequence(body, algorithm, bitString(signature));
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
}

const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_KEY_ID = [0x55, 0x1d, 0x0e];
const KEY_USAGE = [0x55, 0x1d, 0x0f];
const ALTERNATIVE_NAMES = [0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS = [0x55, 0x1d, 0x13];
const AUTHORITY_KEY_ID = [0x55, 0x1d, 0x23];
const EXTENDED_KEY_USAGE = [0x55, 0x1d, 0x25];
const SERVER_AUTHENTICATION = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];

function extensions(text: CertificateText): Buffer[] {
  const common = [
    extension(SUBJECT_KEY_ID, false, tagged(0x04, keyId(text.subjectKey))),
    extension(AUTHORITY_KEY_ID, false, sequence(tagged(0x80, keyId(text.issuerPublicKey)))),
  ];
  if ('authority' in text.use) {
    const keyCertSignAndCrlSign = tagged(0x03, Buffer.from([1, 0x06]));
    return [
      ...common,
      extension(BASIC_CONSTRAINTS, true, sequence(TRUE)),
      extension(KEY_USAGE, true, keyCertSignAndCrlSign),
    ];
  }
  const names = [
    ...text.use.dnsNames.map((dns) => tagged(0x82, Buffer.from(dns, 'ascii'))),
    ...text.use.addresses.map((address) => tagged(0x87, Buffer.from(address))),
  ];
  return [
    ...common,
    extension(BASIC_CONSTRAINTS, true, sequence()),
    extension(KEY_USAGE, true, tagged(0x03, Buffer.from([7, 0x80]))),
    extension(EXTENDED_KEY_USAGE, false, sequence(oid(SERVER_AUTHENTICATION))),
    extension(ALTERNATIVE_NAMES, false, sequence(...names)),
  ];
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

// -- DER (X.690) ---------------------------------------------------------------------------------------------------

const TRUE = Buffer.from([0x01, 0x01, 0xff]);

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function explicit(number: number, content: Buffer): Buffer {
  return tagged(0xa0 | number, content);
}

function oid(bytes: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

/**
 * DER integers are signed and of the shortest form (X.690 8.3): a leading high bit would make them negative, and a
 * leading zero that nothing needs makes OpenSSL refuse the whole certificate.
 */
function integer(value: Buffer): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  const digits = value.subarray(first === -1 ? value.length - 1 : first);
  return tagged(0x02, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

function bitString(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function extension(id: readonly number[], critical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), tagged(0x04, value));
}

function name(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid(COMMON_NAME), tagged(0x0c, Buffer.from(commonName, 'utf8')))));
}

/** UTCTime, good until 2049. */
function time(ms: number): Buffer {
  const digits = new Date(ms)
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/g, '')
    .slice(2);
  return tagged(0x17, Buffer.from(digits, 'ascii'));
}
