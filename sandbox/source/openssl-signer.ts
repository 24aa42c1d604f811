import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Signs with a key and a certificate of its own, by openssl. */
export interface Signer extends Disposable {
  /** A detached CMS signature in DER. */
  readonly sign: (content: Buffer) => Buffer;
}

/** Makes the key; undefined where there is no openssl. Each signature takes some milliseconds, and differs each time. */
export function opensslSigner(): Signer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'bellhop-signer-'));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = '/CN=Operator A/emailAddress=operator-a@example.com';
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '3650',
  ];
  try {
    execFileSync('openssl', [...request, '-keyout', key, '-out', certificate, '-subj', subject], { stdio: 'ignore' });
  } catch {
    dispose();
    return undefined;
  }
  const cms = ['cms', '-sign', '-binary', '-outform', 'DER', '-signer', certificate, '-inkey', key];
  return {
    sign: (input) => execFileSync('openssl', cms, { input, stdio: ['pipe', 'pipe', 'ignore'] }),
    [Symbol.dispose]: dispose,
  };
}
