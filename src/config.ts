import { parseResolver } from './dns/resolver-address.ts';
import { type ApprovalTimes, DEFAULT_APPROVAL_TIMES, readApprovalTimes } from './engine/domain/approval-times.ts';
import { isPlainAddress } from './engine/domain/probe.ts';
import { type QuietHours, isZone, readQuietHours, readTimeOfDay } from './engine/domain/wall-clock.ts';
import { z } from 'zod';

/** Everything the environment can say, checked. Names and defaults: docs/set-up.md. Sizes in bytes, times in ms. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly bot: {
    readonly appId: string;
    readonly appPassword: string;
    readonly appType: string;
    readonly tenantId: string;
  };
  readonly azure: {
    readonly tenantId: string;
    readonly clientId: string;
    readonly credential: { readonly secret: string } | { readonly certificatePath: string };
    readonly authorityHost: string;
  };
  readonly graphUrl: string;
  /** Endpoint of the append lane; undefined when it is off. */
  readonly exchangeImap: { readonly host: string; readonly port: number } | undefined;
  readonly redisUrl: string | undefined;
  /** Postgres of the ledgers, with its password; undefined for files below the data directory. */
  readonly ledgerUrl: string | undefined;
  readonly roles: ReadonlySet<Role>;
  readonly dataDirectory: string;
  readonly key: { readonly base64: string } | { readonly file: string | undefined };
  readonly people: {
    readonly viewers: readonly string[];
    readonly operators: readonly string[];
    readonly approvers: readonly string[];
    readonly breakGlass: readonly string[];
    readonly tenants: readonly string[];
  };
  /** Distinct people who have to approve what cannot easily be taken back. */
  readonly approvals: number;
  /** When an open question rings again, and when it is over. */
  readonly approvalTimes: ApprovalTimes;
  /** Language of posts nobody asked for: live cards, notifications, reports. */
  readonly language: 'en' | 'de';
  /** Whether cards carry charts; otherwise the rows that say the same. */
  readonly charts: boolean;
  /** Where addresses of users are shown: to one person alone, or to every conversation. Subjects and senders: to one person alone. */
  readonly details: 'personal' | 'everywhere';
  /** IANA time zone of reports and quiet hours. */
  readonly zone: string;
  /** Time of the daily report, minutes since midnight. */
  readonly reportAt: number;
  /** When nobody is disturbed. */
  readonly quiet: QuietHours | undefined;
  readonly concurrency: number;
  readonly allowHosts: readonly string[];
  /** Resolvers as "address:port", those of the system when there are none; in a sandbox also the port of all name servers. */
  readonly dns: { readonly resolvers: readonly string[]; readonly sandboxPort?: number };
  readonly sandbox: boolean;
  readonly timeScale: number;
  /** False switches the published limits off: for benchmarks against a local target only. */
  readonly throttle: boolean;
  /** Largest message the target takes, in bytes. */
  readonly maxItemSize: number;
  /** File with the secrets of this program at token endpoints of sources. */
  readonly oauthFile: string | undefined;
  /** Under which people reach the upload page, without a slash at the end. */
  readonly publicUrl: string | undefined;
  /** A folder whose CSV files are imported. */
  readonly dropDirectory: string | undefined;
  /** Whom probe mails come from, and the port mail servers listen on. */
  readonly probes: { readonly from: string | undefined; readonly port: number };
  readonly logLevel: string;
}

export type Role = 'bot' | 'worker';

/** Thrown with every problem of the environment at once; nothing starts half configured. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((each) => `  - ${each}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** What a command needs of the environment: `serve` runs Bellhop, `command` only reads and writes its state. */
export type Purpose = 'serve' | 'command';

const list = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((each) => each.trim()).filter((each) => each !== '')); // prettier-ignore
const port = z.coerce.number().int().min(0).max(65_535);
const url = z.url({ protocol: /^https?$/ });

const ENVIRONMENT = z.object({
  PORT: port.default(3978),
  HOST: z.string().optional(),
  MicrosoftAppId: z.string().default(''),
  MicrosoftAppPassword: z.string().default(''),
  MicrosoftAppType: z.enum(['SingleTenant', 'UserAssignedMSI', 'MultiTenant']).default('SingleTenant'),
  MicrosoftAppTenantId: z.string().default(''),
  AZURE_TENANT_ID: z.string().default(''),
  AZURE_CLIENT_ID: z.string().default(''),
  AZURE_CLIENT_SECRET: z.string().default(''),
  AZURE_CLIENT_CERTIFICATE_PATH: z.string().default(''),
  AZURE_AUTHORITY_HOST: url.default('https://login.microsoftonline.com'),
  GRAPH_URL: url.default('https://graph.microsoft.com'),
  EXCHANGE_IMAP: z
    .string()
    .regex(/^(?:off|[\w.-]+:\d{1,5})$/, 'is host:port, or off')
    .optional(),
  REDIS_URL: z
    .string()
    .regex(/^(rediss?|unix):\/\//, 'must start with redis://, rediss:// or unix://')
    .optional(),
  BELLHOP_LEDGER: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    // Its text is not repeated: there is a password in it.
    .refine((text) => URL.canParse(text), 'is no URL; a password is percent-encoded in it')
    .optional(),
  BELLHOP_ROLES: z.string().default('bot,worker'),
  BELLHOP_DATA: z.string().min(1).default('./data'),
  BELLHOP_KEY: z.string().optional(),
  BELLHOP_KEY_FILE: z.string().optional(),
  BELLHOP_VIEWERS: list,
  BELLHOP_OPERATORS: list,
  BELLHOP_APPROVERS: list,
  BELLHOP_BREAK_GLASS: list,
  BELLHOP_APPROVALS: z.coerce.number().int().min(0).max(5).optional(),
  BELLHOP_APPROVAL_TIMES: z
    .string()
    .default('12h,21h,24h')
    .refine(
      (text) => readApprovalTimes(text) !== undefined,
      'is three rising times, each 1 m to 30 d: reminder, escalation, end; such as 12h,21h,24h',
    ),
  BELLHOP_TENANTS: list,
  BELLHOP_REPORT_AT: z
    .string()
    .default('08:00')
    .refine((text) => readTimeOfDay(text) !== undefined, 'is a time of day such as 08:00'),
  BELLHOP_TIMEZONE: z.string().default('UTC').refine(isZone, 'is a time zone such as Europe/Berlin'),
  BELLHOP_LANGUAGE: z.enum(['en', 'de']).default('en'),
  BELLHOP_CHARTS: z.enum(['on', 'off']).default('on'),
  BELLHOP_DETAILS: z.enum(['personal', 'everywhere']).default('personal'),
  BELLHOP_QUIET: z
    .string()
    .optional()
    .refine((text) => text === undefined || readQuietHours(text) !== undefined, 'is a span such as 20:00-07:00'),
  BELLHOP_CONCURRENCY: z.coerce.number().int().min(1).max(500).default(8),
  BELLHOP_ALLOW_HOSTS: list,
  BELLHOP_DNS: list.refine(
    (all) => all.every((each) => parseResolver(each) !== undefined),
    'is a list of addresses such as 192.0.2.53 or [2001:db8::53]:53',
  ),
  BELLHOP_SANDBOX: z.enum(['0', '1', '']).default('0'),
  BELLHOP_TIME_SCALE: z.coerce.number().min(1).max(1_000_000).default(1),
  BELLHOP_THROTTLE: z.enum(['on', 'off']).default('on'),
  BELLHOP_MAX_ITEM_SIZE: z.coerce.number().int().min(1_000_000).max(157_286_400).default(36_700_160),
  BELLHOP_OAUTH_FILE: z.string().optional(),
  BELLHOP_PUBLIC_URL: url.optional(),
  BELLHOP_DROP: z.string().optional(),
  BELLHOP_PROBE_FROM: z.string().refine(isPlainAddress, 'is an address such as bellhop@example.com').optional(),
  BELLHOP_PROBE_PORT: port.default(25),
  BELLHOP_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** Reads the environment. Throws ConfigError with all problems. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>, purpose: Purpose): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = ENVIRONMENT.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  }
  const env = parsed.data;
  const problems = findProblems(env, purpose);
  if (problems.length > 0) throw new ConfigError(problems);
  const sandbox = env.BELLHOP_SANDBOX === '1';
  return {
    port: env.PORT,
    host: env.HOST ?? (sandbox ? '127.0.0.1' : '0.0.0.0'),
    bot: {
      appId: env.MicrosoftAppId,
      appPassword: env.MicrosoftAppPassword,
      appType: env.MicrosoftAppType,
      tenantId: env.MicrosoftAppTenantId,
    },
    azure: {
      tenantId: env.AZURE_TENANT_ID,
      clientId: env.AZURE_CLIENT_ID,
      credential:
        env.AZURE_CLIENT_SECRET === ''
          ? { certificatePath: env.AZURE_CLIENT_CERTIFICATE_PATH }
          : { secret: env.AZURE_CLIENT_SECRET },
      authorityHost: env.AZURE_AUTHORITY_HOST,
    },
    graphUrl: env.GRAPH_URL,
    exchangeImap: readImapEndpoint(env.EXCHANGE_IMAP ?? imapOf(env.GRAPH_URL)),
    redisUrl: env.REDIS_URL,
    ledgerUrl: env.BELLHOP_LEDGER,
    roles: new Set(rolesOf(env.BELLHOP_ROLES)),
    dataDirectory: env.BELLHOP_DATA,
    key: env.BELLHOP_KEY === undefined ? { file: env.BELLHOP_KEY_FILE } : { base64: env.BELLHOP_KEY },
    people: {
      viewers: env.BELLHOP_VIEWERS,
      operators: env.BELLHOP_OPERATORS,
      approvers: env.BELLHOP_APPROVERS,
      breakGlass: env.BELLHOP_BREAK_GLASS,
      tenants: env.BELLHOP_TENANTS.length > 0 ? env.BELLHOP_TENANTS : [env.MicrosoftAppTenantId].filter(Boolean),
    },
    approvals: env.BELLHOP_APPROVALS ?? (env.BELLHOP_APPROVERS.length > 0 && !sandbox ? 1 : 0),
    approvalTimes: readApprovalTimes(env.BELLHOP_APPROVAL_TIMES) ?? DEFAULT_APPROVAL_TIMES,
    language: env.BELLHOP_LANGUAGE,
    charts: env.BELLHOP_CHARTS === 'on',
    details: env.BELLHOP_DETAILS,
    zone: env.BELLHOP_TIMEZONE,
    reportAt: readTimeOfDay(env.BELLHOP_REPORT_AT) ?? 480,
    quiet: env.BELLHOP_QUIET === undefined ? undefined : readQuietHours(env.BELLHOP_QUIET),
    concurrency: env.BELLHOP_CONCURRENCY,
    allowHosts: env.BELLHOP_ALLOW_HOSTS,
    dns: { resolvers: env.BELLHOP_DNS, ...(sandbox ? sandboxPortOf(env.BELLHOP_DNS) : {}) },
    sandbox,
    timeScale: sandbox ? env.BELLHOP_TIME_SCALE : 1,
    throttle: env.BELLHOP_THROTTLE === 'on',
    maxItemSize: env.BELLHOP_MAX_ITEM_SIZE,
    oauthFile: env.BELLHOP_OAUTH_FILE,
    dropDirectory: env.BELLHOP_DROP,
    publicUrl: env.BELLHOP_PUBLIC_URL?.replace(/\/+$/, ''),
    probes: { from: env.BELLHOP_PROBE_FROM, port: env.BELLHOP_PROBE_PORT },
    logLevel: env.BELLHOP_LOG,
  };
}

// A national cloud or a server of another make has its own IMAP, or none: only Microsoft's common one is known from its Graph.
function imapOf(graphUrl: string): string {
  return new URL(graphUrl).hostname === 'graph.microsoft.com' ? 'outlook.office365.com:993' : 'off';
}

function readImapEndpoint(text: string): Config['exchangeImap'] {
  const [host = '', portText = ''] = text.split(':');
  return text === 'off' ? undefined : { host, port: Number(portText) };
}

// The name servers of a sandbox are on this machine, where 53 is taken: they listen where its resolvers do.
function sandboxPortOf([first]: readonly string[]): { readonly sandboxPort?: number } {
  const resolver = first === undefined ? undefined : parseResolver(first);
  return resolver === undefined ? {} : { sandboxPort: resolver.port };
}

function rolesOf(text: string): readonly Role[] {
  const names = text.split(',').map((each) => each.trim());
  return names.filter((name): name is Role => name === 'bot' || name === 'worker');
}

function findProblems(env: z.infer<typeof ENVIRONMENT>, purpose: Purpose): readonly string[] {
  const problems: string[] = [];
  const names = env.BELLHOP_ROLES.split(',').map((each) => each.trim());
  const unknown = names.filter((name) => name !== 'bot' && name !== 'worker');
  if (unknown.length > 0) problems.push(`BELLHOP_ROLES: knows "bot" and "worker", not "${unknown.join('", "')}"`);
  if (env.BELLHOP_KEY !== undefined && Buffer.from(env.BELLHOP_KEY, 'base64').length !== 32) {
    problems.push('BELLHOP_KEY: must be 32 bytes in base64 (openssl rand -base64 32)');
  }
  if (env.BELLHOP_THROTTLE === 'off' && env.BELLHOP_SANDBOX !== '1')
    problems.push('BELLHOP_THROTTLE: may be off only with BELLHOP_SANDBOX=1');
  if (env.BELLHOP_TIME_SCALE !== 1 && env.BELLHOP_SANDBOX !== '1')
    problems.push('BELLHOP_TIME_SCALE: only with BELLHOP_SANDBOX=1');
  if (env.BELLHOP_PUBLIC_URL?.startsWith('http:') === true && env.BELLHOP_SANDBOX !== '1')
    problems.push('BELLHOP_PUBLIC_URL: must be https; passwords are uploaded there');
  if (env.BELLHOP_PROBE_PORT !== 25 && env.BELLHOP_SANDBOX !== '1')
    problems.push('BELLHOP_PROBE_PORT: only with BELLHOP_SANDBOX=1; the mail servers of the world listen on 25');
  if ((env.BELLHOP_APPROVALS ?? 0) > 0 && env.BELLHOP_APPROVERS.length === 0)
    problems.push('BELLHOP_APPROVALS: nobody can approve; name them in BELLHOP_APPROVERS');
  if (env.BELLHOP_LEDGER !== undefined) problems.push(...sharedProblems(env));
  if (purpose === 'command') return problems;
  if (names.includes('worker'))
    problems.push(...missing(env, ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'], 'the worker writes mail as this app'));
  if (names.includes('worker') && env.AZURE_CLIENT_SECRET === '' && env.AZURE_CLIENT_CERTIFICATE_PATH === '') {
    problems.push('AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH: missing; the worker signs in with it');
  }
  if (names.includes('bot')) problems.push(...botProblems(env));
  return problems;
}

// A ledger in Postgres is for several hosts, and those share state and key as well.
function sharedProblems(env: z.infer<typeof ENVIRONMENT>): readonly string[] {
  return [
    ...(env.REDIS_URL === undefined ? ['REDIS_URL: missing; with BELLHOP_LEDGER all hosts share one Redis'] : []),
    ...(env.BELLHOP_KEY === undefined && env.BELLHOP_KEY_FILE === undefined
      ? ['BELLHOP_KEY or BELLHOP_KEY_FILE: missing; with BELLHOP_LEDGER all hosts need the same key']
      : []),
  ];
}

// CloudAdapter without an app id accepts everything from everybody; only a sandbox on loopback may run like that.
function botProblems(env: z.infer<typeof ENVIRONMENT>): readonly string[] {
  if (env.BELLHOP_SANDBOX === '1') {
    const loopback = ['127.0.0.1', '::1', 'localhost', undefined].includes(env.HOST);
    return loopback ? [] : ['HOST: a sandbox (BELLHOP_SANDBOX=1) listens on loopback only'];
  }
  const needed = ['MicrosoftAppId', 'MicrosoftAppTenantId'] as const;
  const identity = missing(env, needed, 'without a bot identity everybody could command Bellhop');
  const secret = env.MicrosoftAppType !== 'UserAssignedMSI' && env.MicrosoftAppPassword === '';
  return secret ? [...identity, 'MicrosoftAppPassword: missing; the bot signs in with it'] : identity;
}

function missing<Name extends string>(
  env: Readonly<Record<Name, string>>,
  names: readonly Name[],
  why: string,
): readonly string[] {
  return names.filter((name) => env[name] === '').map((name) => `${name}: missing; ${why}`);
}
