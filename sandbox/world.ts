import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BellhopProcess, type CommandResult, runBellhop, serveBellhop } from './bellhop-process.ts';
import { type LocalExchange, type LocalExchangeOptions, startLocalExchange } from './exchange/local-exchange.ts';
import { prepareZone } from './dns/dns-owner.ts';
import { type LocalDns, type LocalDnsOptions, startLocalDns } from './dns/local-dns.ts';
import { fillMailbox } from './source/fill-mailbox.ts';
import { generateMailbox } from './source/generate-mail.ts';
import { type LocalDovecot, type LocalDovecotOptions, startLocalDovecot } from './source/local-dovecot.ts';
import type { MailboxStyle } from './source/mail/folder-trees.ts';
import type { ProfileName } from './source/mail/profiles.ts';
import { opensslSigner } from './source/openssl-signer.ts';
import { stopRedisOf } from './stop-redis.ts';
import { type LocalTeams, type LocalTeamsOptions, startLocalTeams } from './teams/local-teams.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from './teams/people.ts';

/** A mailbox of the sandbox: how much mail, how its owner keeps it, and whether something is wrong with it. */
export interface SandboxUser {
  readonly name: string;
  readonly mails: number;
  readonly style?: MailboxStyle;
  /** Of the address, where it is another one. */
  readonly domain?: string;
  readonly wrongPassword?: true;
  readonly withoutTarget?: true;
}

/** Five mailboxes: three that move, one with a wrong password, one without a target mailbox. */
const QUICK: readonly SandboxUser[] = [
  { name: 'info', mails: 300, style: 'english' },
  { name: 'sales', mails: 700, style: 'german' },
  { name: 'support', mails: 400, style: 'deep' },
  { name: 'branch', mails: 60, style: 'tiny', wrongPassword: true },
  { name: 'leaver', mails: 40, style: 'tiny', withoutTarget: true },
];
const DOMAIN = 'contoso.example';
/** What the local Exchange asks for, unless a test tells it otherwise. */
const TARGET_MX = 'contoso-example.mail.protection.outlook.com';

export interface WorldOptions {
  readonly users?: readonly SandboxUser[];
  readonly profile?: ProfileName;
  /** Factor by which waits, schedules and limits run faster. */
  readonly timeScale?: number;
  /** ms every answer of Graph takes. */
  readonly latency?: number;
  readonly throttling?: boolean;
  /** Whether Bellhop may append by IMAP; off unless asked for. */
  readonly appendLane?: boolean;
  /** Of the page of the local Teams; 0 (default) takes a free one. */
  readonly port?: number;
  readonly dovecot?: Partial<LocalDovecotOptions>;
  readonly exchange?: Partial<LocalExchangeOptions>;
  readonly teams?: Partial<LocalTeamsOptions>;
  readonly dns?: LocalDnsOptions;
  /** Settings of Bellhop beside those of the sandbox, for its commands too. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onProgress?: (line: string) => void;
}

/** Everything on one machine: source, Exchange Online, Teams, and Bellhop as processes of its own. */
export interface SandboxWorld extends AsyncDisposable {
  readonly directory: string;
  readonly exchangeDirectory: string;
  readonly source: LocalDovecot;
  readonly exchange: LocalExchange;
  readonly teams: LocalTeams;
  /** Public DNS, where the users' domain leads to the source. */
  readonly dns: LocalDns;
  readonly csvFile: string;
  readonly users: readonly SandboxUser[];
  /** The environment Bellhop runs with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts Bellhop with these roles; resolves when it answers. */
  startBellhop(roles: string, environment?: Readonly<Record<string, string>>): Promise<BellhopProcess>;
  /** Deletes every ledger, as a lost disk would. */
  forgetLedger(): void;
  /** All files Bellhop wrote (Redis' log, ledgers, logs) as one text, for looking for what must not be there. */
  readEverythingStored(): string;
  /** Runs one command line; resolves with what it printed. */
  bellhop(...words: readonly string[]): Promise<CommandResult>;
}

export const passwordOf = (user: string): string => `${user}-not-a-real-password`;
export const addressOf = (user: string, domain = DOMAIN): string => `${user}@${domain}`;

/** Starts the sandbox; Bellhop itself is started by `startBellhop`. */
export async function startSandbox(options: WorldOptions = {}): Promise<SandboxWorld> {
  const { users = QUICK, timeScale = 20, latency = 0, throttling = true, onProgress = () => undefined } = options;
  await using started = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-sandbox-'));
  started.defer(() => rmSync(directory, { recursive: true, force: true }));
  onProgress('source: starting Dovecot');
  const source = started.use(await startSource(directory, options, users));
  await fillSource(source, users, options.profile ?? 'quick', onProgress);
  onProgress('exchange: starting');
  const exchangeDirectory = join(directory, 'exchange');
  const exchange = started.use(
    await startLocalExchange({ ...options.exchange, directory: exchangeDirectory, throttling, timeScale }),
  );
  exchange.faults.set({ latency });
  for (const { name, domain, withoutTarget } of users)
    if (withoutTarget !== true) await exchange.addMailbox({ address: addressOf(name, domain), displayName: name });
  const teams = started.use(await startTeams(options));
  const dns = started.use(await startLocalDns(options.dns));
  prepareZone(dns, DOMAIN, TARGET_MX);

  const dataDirectory = join(directory, 'bellhop');
  mkdirSync(dataDirectory);
  started.defer(() => stopRedisOf(dataDirectory));
  const environment = environmentOf({
    directory,
    source,
    exchange,
    dns,
    timeScale,
    throttling,
    appendLane: options.appendLane === true,
  });
  Object.assign(environment, options.environment);
  const csvFile = writeCsv(directory, users);
  const running = new Set<BellhopProcess>();
  started.defer(async () => {
    for (const each of running) await each.stop();
  });
  const parts = started.move();

  return {
    directory,
    exchangeDirectory,
    source,
    exchange,
    teams,
    dns,
    csvFile,
    users,
    environment,
    async startBellhop(roles, more = {}) {
      const logFile = join(directory, `bellhop-${running.size}.log`);
      const bellhop = await serveBellhop({ ...environment, ...more, BELLHOP_ROLES: roles }, directory, logFile);
      running.add(bellhop);
      if (roles.includes('bot')) await teams.setBot(`http://127.0.0.1:${bellhop.port}/api/messages`);
      return bellhop;
    },
    forgetLedger: () => rmSync(join(dataDirectory, 'ledger'), { recursive: true, force: true }),
    readEverythingStored() {
      const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const own = files.filter(({ parentPath, name }) => parentPath.startsWith(dataDirectory) || name.endsWith('.log'));
      return own.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
    },
    bellhop: (...words) => runBellhop(words, environment, directory),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function startSource(directory: string, options: WorldOptions, users: readonly SandboxUser[]): Promise<LocalDovecot> {
  const logins = users.map(({ name }) => ({ name, password: passwordOf(name) }));
  return startLocalDovecot({ ...options.dovecot, directory: join(directory, 'source'), users: logins });
}

async function fillSource(
  source: LocalDovecot,
  users: readonly SandboxUser[],
  profile: ProfileName,
  onProgress: (line: string) => void,
): Promise<void> {
  using signer = opensslSigner();
  const sign = signer === undefined ? {} : { sign: signer.sign };
  for (const [index, { name, domain, mails, style = 'english' }] of users.entries()) {
    const owner = addressOf(name, domain);
    onProgress(`source: ${mails} mails for ${owner}`);
    const mailbox = generateMailbox({ owner, seed: 7 + index, mails, profile, style, ...sign });
    await fillMailbox(source, name, mailbox.folders, mailbox.mails());
  }
}

function startTeams({ port, teams }: WorldOptions): Promise<LocalTeams> {
  return startLocalTeams({
    bot: { id: '28:00000000-0000-4000-8000-00000000be11', name: 'Bellhop' },
    people: SAMPLE_PEOPLE,
    tenantId: SAMPLE_TENANT,
    ...(port === undefined ? {} : { port }),
    ...teams,
  });
}

interface Surroundings {
  readonly directory: string;
  readonly source: LocalDovecot;
  readonly exchange: LocalExchange;
  readonly dns: LocalDns;
  readonly timeScale: number;
  readonly throttling: boolean;
  readonly appendLane: boolean;
}

function environmentOf({
  directory,
  source,
  exchange,
  dns,
  timeScale,
  throttling,
  appendLane,
}: Surroundings): Record<string, string> {
  const trusted = join(directory, 'ca.pem');
  writeFileSync(trusted, readFileSync(source.caFile, 'utf8') + readFileSync(exchange.caFile, 'utf8'));
  return {
    NODE_EXTRA_CA_CERTS: trusted,
    BELLHOP_SANDBOX: '1',
    BELLHOP_TIME_SCALE: String(timeScale),
    BELLHOP_DATA: join(directory, 'bellhop'),
    BELLHOP_ALLOW_HOSTS: 'localhost',
    BELLHOP_DNS: dns.resolvers,
    BELLHOP_LOG: 'warn',
    // Nobody's mail: in a channel everybody may see whose mailbox it is.
    BELLHOP_DETAILS: 'everywhere',
    BELLHOP_TENANTS: SAMPLE_TENANT,
    BELLHOP_VIEWERS: holding('viewer'),
    BELLHOP_OPERATORS: holding('operator'),
    BELLHOP_APPROVERS: holding('approver'),
    ...(throttling ? {} : { BELLHOP_THROTTLE: 'off' }),
    GRAPH_URL: exchange.graphUrl,
    AZURE_AUTHORITY_HOST: exchange.authorityHost,
    AZURE_TENANT_ID: exchange.tenantId,
    AZURE_CLIENT_ID: exchange.clientId,
    AZURE_CLIENT_SECRET: exchange.clientSecret,
    EXCHANGE_IMAP: appendLane ? exchange.imap : 'off',
  };
}

function writeCsv(directory: string, users: readonly SandboxUser[]): string {
  const file = join(directory, 'users.csv');
  const rows = users.map(({ name, domain, wrongPassword }) =>
    [addressOf(name, domain), name, wrongPassword === true ? 'a-wrong-one' : passwordOf(name)].join(','),
  );
  writeFileSync(file, ['EmailAddress,UserName,Password', ...rows, ''].join('\n'), { mode: 0o600 });
  return file;
}

/** Entra object ids of the sample people with a role. */
function holding(role: string): string {
  const people = SAMPLE_PEOPLE.filter((person) => person.role === role);
  return people.map(({ aadObjectId }) => aadObjectId).join(',');
}
