import { MigrationError, failure, toMigrationError } from '../engine/domain/failure.ts';
import { slotRequest } from '../engine/domain/source-slots.ts';
import type { Clock, SourceConnector, SourcePlace, SourceSlots } from '../engine/ports.ts';
import type { ImapClient } from './imap-client.ts';
import { sentence } from './imap-failure.ts';
import { openMailbox } from './imap-mailbox.ts';
import { type ClientSecrets } from './oauth-secrets.ts';
import { openSignedIn } from './open-signed-in.ts';
import { probeServer } from './imap-probe.ts';
import { refusalOf } from './sign-in-refusal.ts';
import { type Resolve, checkedAddress } from './source-host.ts';
import { tokenBook } from './token-book.ts';

export interface ImapOptions {
  readonly clock: Clock;
  readonly slots: SourceSlots;
  /** Host names, addresses and networks that may be a source although they are private (BELLHOP_ALLOW_HOSTS). */
  readonly allowHosts: readonly string[];
  readonly resolve?: Resolve;
  /** Secrets of this program at token endpoints; absent: it has none. */
  readonly clientSecrets?: ClientSecrets;
}

/** The source edge: any IMAP4rev1 server, through imapflow, read-only. */
export function imapConnector(options: ImapOptions): SourceConnector {
  const { clock, slots, allowHosts, resolve, clientSecrets = async () => undefined } = options;
  const tokens = tokenBook({ clock, allowHosts, resolve, clientSecrets });
  return {
    async connect(endpoint, login, signal) {
      const address = await checkedAddress(endpoint.host, allowHosts, resolve);
      const place = await slots.enter(slotRequest(endpoint, login.userName), signal);
      try {
        const open = (): Promise<ImapClient> => openSignedIn({ endpoint, address, login, clock, signal }, tokens);
        const mailbox = await openMailbox({ endpoint, userRoot: login.userRoot, clock, signal, open });
        return {
          ...mailbox,
          async [Symbol.asyncDispose]() {
            await mailbox[Symbol.asyncDispose]();
            await place.leave();
          },
        };
      } catch (error) {
        const known = toMigrationError(error);
        const learned = signal.aborted ? known : await learn(place, known);
        await place.leave();
        throw learned;
      }
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

// What a server says about its limits is kept for all workers, and whoever was refused is told when to come back.
async function learn(place: SourcePlace, error: MigrationError): Promise<MigrationError> {
  const why = refusalOf(error);
  if (why === undefined) return error;
  const retryAt = await place.refused(why, sentence(String(error.details['detail'] ?? '')));
  return new MigrationError(error.code, error.details, { cause: error.cause, retryAt });
}
