import { failure, toMigrationError } from '../engine/domain/failure.ts';
import type { Clock, SourceConnector } from '../engine/ports.ts';
import { openMailbox } from './imap-mailbox.ts';
import { probeServer } from './imap-probe.ts';
import { type Resolve, checkedAddress } from './source-host.ts';

export interface ImapOptions {
  readonly clock: Clock;
  /** Host names, addresses and networks that may be a source although they are private (BELLHOP_ALLOW_HOSTS). */
  readonly allowHosts: readonly string[];
  readonly resolve?: Resolve;
}

/** The source edge: any IMAP4rev1 server, through imapflow, read-only. */
export function imapConnector({ clock, allowHosts, resolve }: ImapOptions): SourceConnector {
  return {
    async connect(endpoint, login, signal) {
      const address = await checkedAddress(endpoint.host, allowHosts, resolve);
      return openMailbox({ endpoint, address, login, clock, signal });
    },
    async test(endpoint, signal) {
      try {
        const address = await checkedAddress(endpoint.host, allowHosts, resolve);
        return await probeServer(endpoint, address, signal);
      } catch (error) {
        const { code, details } = toMigrationError(error);
        const named = { host: endpoint.host, port: endpoint.port, endpoint: endpoint.name };
        return { reachable: false, capabilities: [], error: failure(code, { ...named, ...details }) };
      }
    },
  };
}
