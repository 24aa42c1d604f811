import { mkdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { answerControl } from './control.ts';
import { Directory } from './directory/directory.ts';
import type { DomainSettings, NewUser } from './directory/directory.ts';
import { AccessTokens } from './entra/access-tokens.ts';
import type { ExchangeWorld } from './exchange-world.ts';
import { localCertificates } from './https/certificates.ts';
import { receive } from './https/front-door.ts';
import type { FrontDoor } from './https/front-door.ts';
import type { Exchanged } from './https/receive-graph.ts';
import { startImap } from './imap/imap-server.ts';
import { FaultSwitches } from './limits/faults.ts';
import { Manners } from './limits/manners.ts';
import { seededRandom } from './limits/seeded-random.ts';
import { Throttle } from './limits/throttle.ts';
import { UploadSessions } from './mail/upload-sessions.ts';
import { MailboxViews } from './mailbox-views.ts';
import { PendingWrites } from './pending-writes.ts';
import { openTenant } from './tenant.ts';
import type { Tenant } from './tenant.ts';

export interface LocalExchangeOptions {
  /** Where everything is stored; started again on the same directory, it is the same tenant with the same mail. */
  readonly directory: string;
  /** 0 (default) takes a free port. */
  readonly port?: number;
  /** Of IMAP; 0 (default) takes a free port. */
  readonly imapPort?: number;
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Real limits per mailbox (default), or none. Manners are counted either way. */
  readonly throttling?: boolean;
  /** Windows of the limits and the delay of late writes shrink by this factor. */
  readonly timeScale?: number;
  /** Seed of everything random: fault probabilities, order of batch answers, Retry-After of concurrency refusals. */
  readonly seed?: number;
  /** Sees every Graph request and its answer. */
  readonly onExchange?: (exchanged: Exchanged) => void;
}

export interface LocalExchange extends AsyncDisposable, Tenant {
  /** https://localhost:port: GRAPH_URL. */
  readonly graphUrl: string;
  /** localhost:port, TLS: EXCHANGE_IMAP. */
  readonly imap: string;
  /** https://localhost:port: AZURE_AUTHORITY_HOST. */
  readonly authorityHost: string;
  /** PEM file to trust: NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  addMailbox(user: NewUser): Promise<{ readonly id: string }>;
  addUserWithoutMailbox(user: NewUser): Promise<{ readonly id: string }>;
  /** Changes what the tenant says of a domain. */
  setDomain(name: string, settings: DomainSettings): void;
  readonly faults: FaultSwitches;
  /** Counters by mailbox id. */
  readonly manners: Manners;
  /** What is in the mailboxes, and what their owners do there. */
  readonly mailboxes: MailboxViews;
  /** Every token issued so far is refused as expired. */
  expireTokens(): void;
  close(): Promise<void>;
}

/** Longer than any client keeps an idle connection, so that the server never closes one under a request. */
const KEEP_ALIVE_MS = 120_000;

/** Starts an Exchange Online on this machine: sign-in, Graph mail API, limits and faults, over HTTPS on loopback. */
export async function startLocalExchange(options: LocalExchangeOptions): Promise<LocalExchange> {
  const { directory, timeScale = 1 } = options;
  mkdirSync(directory, { recursive: true });
  const certificates = localCertificates(join(directory, 'tls'));
  const tenant = openTenant(directory, options);
  const random = seededRandom(options.seed ?? 1);
  const throttles = new Map<string, Throttle>();
  const pending = new PendingWrites();
  const users = new Directory(directory);
  let origin = '';
  const world: ExchangeWorld = {
    tenant,
    tokens: new AccessTokens(directory),
    faults: new FaultSwitches(seededRandom((options.seed ?? 1) ^ 0x5eed)),
    directory: users,
    manners: new Manners(),
    uploads: new UploadSessions(),
    random,
    timeScale,
    later: (ms, write) => pending.add(ms, write),
    get origin() {
      return origin;
    },
    throttle(mailboxId) {
      const known =
        throttles.get(mailboxId) ?? new Throttle({ enforced: options.throttling ?? true, timeScale, random });
      throttles.set(mailboxId, known);
      return known;
    },
  };
  const views = new MailboxViews(users);
  const addMailbox = async (user: NewUser) => {
    const { id } = users.add(user, true);
    // The mailbox is there before anybody asks for it, so that a reader of the store finds its folders.
    views.folders(id);
    return { id };
  };
  const addUserWithoutMailbox = async (user: NewUser) => ({ id: users.add(user, false).id });
  const door: FrontDoor = {
    world,
    control: (method, url, body) =>
      answerControl({ world, views, addMailbox, addUserWithoutMailbox }, method, url, body),
    ...(options.onExchange ? { onExchange: options.onExchange } : {}),
  };
  const tls = { key: readFileSync(certificates.keyFile), cert: readFileSync(certificates.certFile) };
  const server = createServer({
    ...tls,
    keepAliveTimeout: KEEP_ALIVE_MS,
    noDelay: true,
  });
  server.on('request', (request, response: ServerResponse) => {
    // A caller that went away in mid-request is its own affair.
    receive(door, request, response).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const imap = await startImap(world, tls, options.imapPort ?? 0);
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= imap.close().then(closeGraph));
  const closeGraph = () =>
    new Promise<void>((resolve) => {
      pending.finish();
      server.close(() => {
        users.close();
        resolve();
      });
      server.closeAllConnections();
    });
  return {
    ...tenant,
    graphUrl: origin,
    imap: `localhost:${imap.port}`,
    authorityHost: origin,
    caFile: certificates.caFile,
    addMailbox,
    addUserWithoutMailbox,
    setDomain: (name, settings) => users.setDomain(name, settings),
    faults: world.faults,
    manners: world.manners,
    mailboxes: views,
    expireTokens: () => world.tokens.expireAll(),
    close,
    [Symbol.asyncDispose]: close,
  };
}
