import type { Redis, Result } from 'ioredis';
import {
  type AuditDraft,
  type AuditHead,
  EMPTY_CHAIN,
  draftOf,
  isEarlierPlace,
  lostDraft,
  sealEntry,
} from '../engine/domain/audit-entry.ts';
import { canonicalJson } from '../engine/domain/canonical-json.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { AuditLog } from '../engine/ports.ts';
import { KEY } from './keys.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    bellhopAppendAudit(head: string, chain: string, ...args: string[]): Result<number, Context>;
  }
}

// Entries, head and the place in the event log move together or not at all. Of several processes that read the same
// events one is first; the others find another place and look again. Arguments: place and hash as they were, number of
// the last entry, then how many pairs of the new head follow, the pairs, and the entries.
const APPEND = `
local place, hash = unpack(redis.call('HMGET', KEYS[1], 'place', 'hash'))
if (place or '') ~= ARGV[1] or (hash or '') ~= ARGV[2] then return 0 end
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local seq = tonumber(ARGV[3])
if (last[1] and last[1][1] or '0-0') ~= string.format('%d-0', seq) then return -1 end
local fields = tonumber(ARGV[4]) * 2
redis.call('HSET', KEYS[1], unpack(ARGV, 5, 4 + fields))
for i = 5 + fields, #ARGV do
  seq = seq + 1
  redis.call('XADD', KEYS[2], string.format('%d-0', seq), 'entry', ARGV[i])
end
return 1`;

const CHUNK = 500;
const START = '0-0';

type StreamEntry = readonly [id: string, fields: readonly string[]];

interface Head extends AuditHead {
  /** Up to where the event log is in the chain. */
  readonly place: string;
  readonly stored: Readonly<Record<string, string>>;
}

/**
 * The audit chain as a Redis stream whose ids are the numbers of its entries: Redis itself refuses a number twice. The
 * event log may expire, the chain does not. Throws RecordDamaged when the chain is not what its head says.
 */
export function redisAuditLog(redis: Redis): AuditLog {
  redis.defineCommand('bellhopAppendAudit', { numberOfKeys: 2, lua: APPEND });

  async function headNow(): Promise<Head> {
    const stored = await redis.hgetall(KEY.auditHead);
    const { seq, hash } = EMPTY_CHAIN;
    return {
      seq: Number(stored['seq'] ?? seq),
      hash: stored['hash'] ?? hash,
      place: stored['place'] ?? START,
      stored,
    };
  }

  /** Answers the new head, or undefined when somebody else was faster. */
  async function append(head: Head, drafts: readonly AuditDraft[], place: string): Promise<Head | undefined> {
    const counts = new Map<string, number>();
    let { seq, hash }: AuditHead = head;
    const lines = drafts.map((draft) => {
      const counter = draft.batch === null ? 'nth' : `nth:${draft.batch}`;
      const nth = (counts.get(counter) ?? Number(head.stored[counter] ?? 0)) + 1;
      counts.set(counter, nth);
      const entry = sealEntry(draft, nth, { seq, hash });
      ({ seq, hash } = entry);
      return canonicalJson(entry);
    });
    const fields = { ...Object.fromEntries(counts), place, seq, hash };
    const pairs = Object.entries(fields).flatMap(([key, value]) => [key, String(value)]);
    const before = [head.stored['place'] ?? '', head.stored['hash'] ?? '', String(head.seq)];
    const done = await redis.bellhopAppendAudit(
      KEY.auditHead,
      KEY.audit,
      ...before,
      String(pairs.length / 2),
      ...pairs,
      ...lines,
    );
    if (done === -1) throw new MigrationError('RecordDamaged', { detail: `its end is not entry ${head.seq}` });
    return done === 1 ? { seq, hash, place, stored: { ...head.stored, ...stringsOf(fields) } } : undefined;
  }

  return {
    async catchUp() {
      let head = await headNow();
      for (;;) {
        const entries: readonly StreamEntry[] = await redis.xrange(KEY.events, `(${head.place}`, '+', 'COUNT', CHUNK);
        const lost = await lostUpTo(redis, head.place);
        const last = entries.at(-1)?.[0];
        // A full chunk ends before what else is there; what was lost behind it is told when its place is reached.
        const isLast = entries.length < CHUNK;
        const gap = lost !== undefined && (isLast || isEarlierPlace(lost, last ?? lost)) ? lost : undefined;
        const place = later(last, gap);
        if (place === undefined) return { seq: head.seq, hash: head.hash };
        head = (await append(head, draftsOf(entries, head.place, gap), place)) ?? (await headNow());
      }
    },

    async *lines(after = 0) {
      for (let start = `(${after}-0`; ;) {
        const entries: readonly StreamEntry[] = await redis.xrange(KEY.audit, start, '+', 'COUNT', CHUNK);
        for (const [, fields] of entries) yield fields[1] ?? '';
        const last = entries.at(-1);
        if (last === undefined || entries.length < CHUNK) return;
        start = `(${last[0]}`;
      }
    },
  };
}

function draftsOf(entries: readonly StreamEntry[], place: string, gap: string | undefined): readonly AuditDraft[] {
  const drafts = entries.flatMap(([id, fields]) => draftOf(id, fields[1] ?? '') ?? []);
  if (gap === undefined) return drafts;
  const before = drafts.filter(({ event }) => isEarlierPlace(event, gap));
  return [...before, lostDraft(place, gap), ...drafts.slice(before.length)];
}

// Redis remembers the highest id that was ever deleted from a stream.
async function lostUpTo(redis: Redis, place: string): Promise<string | undefined> {
  const reply: unknown = await redis.xinfo('STREAM', KEY.events).catch(() => []);
  const info = Array.isArray(reply) ? reply : [];
  const deleted: unknown = info[info.indexOf('max-deleted-entry-id') + 1];
  return typeof deleted === 'string' && isEarlierPlace(place, deleted) ? deleted : undefined;
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isEarlierPlace(a, b) ? b : a;
}

function stringsOf(fields: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
}
