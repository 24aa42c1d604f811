import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Makes this process trust the sandbox (fetch, https and tls), as NODE_EXTRA_CA_CERTS does for a process to be started. */
export function trustLocalExchange(caFile: string): void {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(caFile, 'utf8')]);
}
