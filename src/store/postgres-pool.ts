import { Pool, type PoolClient, type QueryConfig } from 'pg';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock, Logger } from '../engine/ports.ts';
import type { Row } from './ledger-rows.ts';
import { prepareSchema } from './postgres-schema.ts';
import { isPassing, unavailable } from './postgres-failure.ts';

export interface PostgresOptions {
  /** postgres://user:password@host/database; TLS by `sslmode`, `sslrootcert`, `sslcert`, `sslkey`. */
  readonly url: string;
  /** Connections this process takes at most. */
  readonly connections: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The database behind the ledgers. Every statement may be carried out twice: whoever loses the answer asks again. */
export interface Postgres extends AsyncDisposable {
  /** Throws LedgerUnavailable. */
  rows(text: string, values: readonly unknown[]): Promise<readonly Row[]>;
  /** The same, each row as an array: for very many of them. */
  arrays(text: string, values: readonly unknown[]): Promise<readonly (readonly unknown[])[]>;
  /** Makes the tables and looks at the settings, once; throws LedgerUnavailable. Answers the server's version. */
  prepare(): Promise<string>;
}

const CONNECT_WITHIN = 5_000;
/** A statement that takes longer is ended by the server; one that is not answered at all, by us. */
const STATEMENT_WITHIN = 60_000;
const ANSWER_WITHIN = 75_000;
/** Waits before a statement is tried again whose connection broke: a restart of the server takes seconds. */
const AGAIN_AFTER = [100, 500, 1_500, 3_000];
/** Connections that are busy when the process leaves get this long. */
const LEAVE_WITHIN = 500;

/**
 * Set on every connection. A worker that is stopped in the middle of a transaction must not hold a mailbox, and an
 * acknowledged write is on disk whatever the server's default is.
 */
const SESSION = `
SELECT set_config('statement_timeout', '${STATEMENT_WITHIN}', false), set_config('lock_timeout', '10000', false),
  set_config('idle_in_transaction_session_timeout', '10000', false), set_config('client_min_messages', 'warning', false),
  CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', false) END`;

const SETTINGS = `
SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
  current_setting('full_page_writes') AS pages, pg_is_in_recovery() AS standby`;

export function openPostgres({ url, connections, clock, log }: PostgresOptions): Postgres {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_WITHIN,
    idleTimeoutMillis: 60_000,
    query_timeout: ANSWER_WITHIN,
    keepAlive: true,
    application_name: 'bellhop',
    // oxlint-disable-next-line no-misused-promises -- the pool does wait for it
    onConnect: async (client) => void (await client.query(SESSION)),
  });
  const open = new Set<PoolClient>();
  pool.on('connect', (client) => open.add(client));
  pool.on('remove', (client) => open.delete(client));
  // Without a listener a server that goes away would end the process.
  pool.on('error', (error) => log.warn({ code: unavailable(error).details['detail'] ?? '' }, 'ledger connection'));
  let prepared: Promise<string> | undefined;

  async function again<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await ask();
      } catch (error) {
        const wait = AGAIN_AFTER[tries];
        if (wait === undefined || pool.ending || !isPassing(error)) throw unavailable(error);
        await clock.sleep(wait);
      }
    }
  }

  async function prepare(): Promise<string> {
    const client = await pool.connect();
    try {
      const { rows } = await client.query<Row>(SETTINGS);
      const { version, fsync, pages, standby } = rows[0] ?? {};
      if (standby === true)
        throw new MigrationError('LedgerUnavailable', { detail: 'Postgres is a standby that only reads' });
      if (fsync === 'off' || pages === 'off')
        log.warn({ fsync: String(fsync), full_page_writes: String(pages) }, 'Postgres may lose what it acknowledged: after a power cut mail may be copied twice'); // prettier-ignore
      await prepareSchema(client);
      return String(version);
    } finally {
      client.release();
    }
  }

  async function query(config: QueryConfig): Promise<readonly Row[]> {
    return (await again(() => pool.query<Row>(config))).rows;
  }

  return {
    rows: (text, values) => query({ text, values: [...values] }),
    async arrays(text, values) {
      const answer = await again(() => pool.query<unknown[]>({ text, values: [...values], rowMode: 'array' }));
      return answer.rows;
    },
    prepare() {
      // A failure is not kept: the next one who asks tries again.
      prepared ??= again(prepare).catch((error: unknown) => {
        prepared = undefined;
        throw error;
      });
      return prepared;
    },
    async [Symbol.asyncDispose]() {
      const ended = pool.end();
      const over = new AbortController();
      await Promise.race([ended, clock.sleep(LEAVE_WITHIN, over.signal).catch(() => undefined)]);
      over.abort();
      // A statement without an answer would keep the process alive: its connection is cut.
      for (const client of open) void client.end().catch(() => undefined);
    },
  };
}
