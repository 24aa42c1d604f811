import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { Redis } from 'ioredis';
import type { Config } from './config.ts';
import { dnsSurveyor } from './dns/dns-surveyor.ts';
import { checkedAddress } from './imap/source-host.ts';
import { probeMailer } from './smtp/probe-mailer.ts';
import type { Clock, LedgerStore, Logger, World } from './engine/ports.ts';
import { examineDrop } from './drop/examine-drop.ts';
import { exchangeDirectory } from './exchange/exchange-directory.ts';
import { imapConnector } from './imap/imap-connector.ts';
import { oauthSecrets } from './imap/oauth-secrets.ts';
import program from '../package.json' with { type: 'json' };
import { type BullQueue, bullQueue } from './queue/bull-queue.ts';
import { recordFiles } from './record/record-files.ts';
import { auditFiles } from './store/audit-files.ts';
import { PUBLISHED_LIMITS } from './store/budget-limits.ts';
import { credentialVault, readVaultKey } from './store/credential-vault.ts';
import { openRedis } from './store/open-redis.ts';
import { redisAuditLog } from './store/redis-audit-log.ts';
import { redisBudget, unlimitedBudget } from './store/redis-budget.ts';
import { type Documents, redisDocuments } from './store/redis-documents.ts';
import { redisEventLog } from './store/redis-event-log.ts';
import { redisRefusals } from './store/redis-refusals.ts';
import { redisSourceSlots } from './store/redis-source-slots.ts';
import { redisStore } from './store/redis-store.ts';
import { redisUploads } from './store/redis-uploads.ts';
import { reportFiles } from './store/report-files.ts';
import { sqliteLedgers } from './store/sqlite-ledger.ts';

/** The wired program: the engine's world and the few things only the edges use. */
export interface OpenWorld extends AsyncDisposable {
  readonly world: World;
  readonly queue: BullQueue;
  readonly documents: Documents;
  readonly redis: Redis;
}

/** Opens Redis and wires every port to its adapter. The one place that knows all of them. */
export async function openWorld(config: Config, clock: Clock, log: Logger): Promise<OpenWorld> {
  const handle = await openRedis({ url: config.redisUrl, dataDirectory: config.dataDirectory, log });
  const redis = handle.connect();
  const queue = bullQueue({ connection: handle.options, log, clock });
  const keyFile =
    'base64' in config.key ? undefined : (config.key.file ?? join(resolve(config.dataDirectory), 'bellhop.key'));
  const key = await readVaultKey('base64' in config.key ? config.key : { file: keyFile ?? '' });
  const budget = config.throttle ? redisBudget(redis, clock, PUBLISHED_LIMITS, config.timeScale) : unlimitedBudget();
  const slots = redisSourceSlots(redis, clock, config.timeScale);
  const audit = redisAuditLog(redis);
  const data = resolve(config.dataDirectory);
  const records = recordFiles({
    directory: join(data, 'records'),
    keyFile: join(keyFile === undefined ? data : dirname(resolve(keyFile)), 'bellhop-signing.key'),
    version: program.version,
  });
  const ledgers = await openLedgers(config, clock, log);
  const world: World = {
    source: imapConnector({
      ...{ clock, slots, allowHosts: config.allowHosts },
      clientSecrets: oauthSecrets(config.oauthFile),
    }),
    slots,
    target: exchangeDirectory({
      ...config.azure,
      graphUrl: config.graphUrl,
      budget,
      clock,
      timeScale: config.timeScale,
      maxItemSize: config.maxItemSize,
      appendEndpoint: config.exchangeImap,
    }),
    dns: dnsSurveyor(config.dns),
    probes: probeMailer({
      ...config.probes,
      name: hostname(),
      check: (address) => checkedAddress(address, config.allowHosts),
    }),
    ledgers,
    store: redisStore(redis, clock),
    events: redisEventLog({ redis, connect: handle.connect, clock, log }),
    audit,
    mirror: auditFiles({ directory: join(data, 'audit'), audit, signer: () => records.signer() }),
    jobs: queue.queue,
    vault: credentialVault(redis, key),
    uploads: redisUploads(redis, clock),
    refusals: redisRefusals(redis),
    records,
    drop: () => examineDrop(config.dropDirectory, clock.now()),
    reports: reportFiles(join(resolve(config.dataDirectory), 'reports')),
    clock,
    log,
    busy: () => performance.eventLoopUtilization().active,
    newId: () => randomBytes(16).toString('hex'),
    settings: {
      timeScale: config.timeScale,
      maxItemSize: config.maxItemSize,
      approvals: config.approvals,
      approvalTimes: config.approvalTimes,
      ...(config.publicUrl === undefined ? {} : { publicUrl: config.publicUrl }),
    },
  };
  return {
    world,
    queue,
    documents: redisDocuments(redis),
    redis,
    async [Symbol.asyncDispose]() {
      await queue[Symbol.asyncDispose]();
      await ledgers[Symbol.asyncDispose]();
      await slots[Symbol.asyncDispose]();
      redis.disconnect();
      await handle[Symbol.asyncDispose]();
    },
  };
}

/** Connections of a process to a ledger in Postgres at most: each is taken for one statement only. */
const MOST_CONNECTIONS = 16;

async function openLedgers(config: Config, clock: Clock, log: Logger): Promise<LedgerStore> {
  const { ledgerUrl: url, concurrency, dataDirectory } = config;
  if (url === undefined) return sqliteLedgers(join(resolve(dataDirectory), 'ledger'), log);
  // Loaded only where it is used.
  const { postgresLedgers } = await import('./store/postgres-ledger.ts');
  const connections = config.roles.has('worker') ? Math.min(concurrency + 1, MOST_CONNECTIONS) : 2;
  return postgresLedgers({ url, connections, clock, log });
}
