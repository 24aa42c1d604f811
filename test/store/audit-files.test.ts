import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chainCheck } from '../../src/engine/domain/audit-check.ts';
import { canonicalJson } from '../../src/engine/domain/canonical-json.ts';
import { isSignedBy } from '../../src/engine/domain/record-manifest.ts';
import type { AuditLog, AuditMirror } from '../../src/engine/ports.ts';
import { readSigner } from '../../src/record/signing-key.ts';
import { auditFiles } from '../../src/store/audit-files.ts';
import { redisAuditLog } from '../../src/store/redis-audit-log.ts';
import { redisStore } from '../../src/store/redis-store.ts';
import { OPERATOR, batchName } from '../contracts/sample-records.ts';
import { verifyAlone } from '../support/sample-record.ts';
import { type LocalRedis, localRedis, systemClock } from './local-redis.ts';

const AUDIT = '{bellhop}:audit';
let local: LocalRedis;
let directory: string;
let audit: AuditLog;
let mirror: AuditMirror;

beforeAll(async () => {
  local = await localRedis();
});
afterAll(() => local[Symbol.asyncDispose]());

beforeEach(async () => {
  await local.redis.flushall();
  directory = mkdtempSync(join(tmpdir(), 'bellhop-audit-'));
  audit = redisAuditLog(local.redis);
  mirror = open();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function open(): AuditMirror {
  return auditFiles({ directory, audit, signer: () => readSigner(join(directory, '../', 'audit-test.key')) });
}
afterAll(() => rmSync(join(tmpdir(), 'audit-test.key'), { force: true }));

async function happen(times: number): Promise<void> {
  const store = redisStore(local.redis, systemClock);
  const event = { type: 'BatchStarted' as const, batch: batchName('sales-1') };
  for (let at = 0; at < times; at += 100)
    await store.publish(
      Array.from({ length: Math.min(100, times - at) }, () => event),
      OPERATOR,
    );
  await audit.catchUp();
}

function files(): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted();
}

/** Every line of all files, in order, as `cat audit/*.jsonl` shows them. */
function written(): readonly string[] {
  return files().flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n'));
}

async function expectWhole(entries: number): Promise<void> {
  const check = chainCheck();
  for (const line of written()) check.take(line);
  expect(check.problems).toEqual([]);
  expect(written()).toEqual(await Array.fromAsync(audit.lines()));
  expect(check.head.seq).toBe(entries);
}

describe('the audit chain as files', () => {
  test('grows with the chain, over files, and is readable by its owner alone', async () => {
    await happen(3);
    await mirror.catchUp(Infinity);
    await happen(2320);
    await mirror.catchUp(Infinity);
    await mirror.catchUp(Infinity);

    expect(files()).toEqual(['0000000001.jsonl', '0000001001.jsonl', '0000002001.jsonl']);
    await expectWhole(2323);
    for (const name of files()) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  test('many processes write the same', async () => {
    const mirrors = Array.from({ length: 6 }, open);
    for (let round = 0; round < 8; round += 1) {
      await happen(170);
      await Promise.all(mirrors.map((each) => each.catchUp(Infinity)));
    }
    await mirror.catchUp(Infinity);

    await expectWhole(1360);
  });

  test('a file a slower process shortened is made whole again', async () => {
    await happen(1500);
    await mirror.catchUp(Infinity);
    const first = join(directory, '0000000001.jsonl');
    writeFileSync(first, `${written().slice(0, 900).join('\n')}\n`);

    await mirror.catchUp(Infinity);

    await expectWhole(1500);
  });

  test('what Redis may not have on disk yet is not in a file', async () => {
    await happen(8);
    await mirror.catchUp(5);

    expect(written()).toHaveLength(5);
    await mirror.catchUp(8);
    await expectWhole(8);
  });

  test('its head is signed', async () => {
    await happen(5);
    await mirror.catchUp(Infinity);

    const { signature, hash, seq } = JSON.parse(readFileSync(join(directory, 'head.json'), 'utf8')) as {
      signature: string;
      hash: string;
      seq: number;
    };
    const { publicKey } = await readSigner(join(directory, '../', 'audit-test.key'));
    expect(isSignedBy(publicKey, Buffer.from(canonicalJson({ hash, seq })), Buffer.from(signature, 'base64'))).toBe(
      true,
    );
    expect(seq).toBe(5);
  });
});

describe('bellhop verify-record <folder>', () => {
  test.each([
    ['as they were written', () => spoilLines((lines) => lines), 0, 'UNCHANGED: the audit chain.'],
    [
      'one entry changed',
      () => spoilLines((lines) => lines.with(2, (lines[2] ?? '').replace('BatchStarted', 'BatchStopped'))),
      1,
      'entry 3: it is not what its hash says',
    ],
    [
      'one entry removed',
      () => spoilLines((lines) => lines.toSpliced(2, 1)),
      1,
      'entry 4: entry 3 before it is missing',
    ],
    [
      'the tail removed',
      () => spoilLines((lines) => lines.slice(0, 3)),
      1,
      'head.json: entry 5, which was signed, is missing',
    ],
    ['no head', () => writeFileSync(join(directory, 'head.json'), '{}'), 1, 'head.json: it is not the head of a chain'],
  ] as const)('%s', async (_what, spoil, code, said) => {
    await happen(5);
    await mirror.catchUp(Infinity);
    spoil();

    const found = await verifyAlone(directory);

    expect(found.out).toContain(said);
    expect(found.code).toBe(code);
  });

  test('a head that somebody else signed', async () => {
    await happen(5);
    await mirror.catchUp(Infinity);

    expect((await verifyAlone(directory, `key=${'0'.repeat(64)}`)).out).toContain('signed with another key');
  });
});

function spoilLines(how: (lines: readonly string[]) => readonly string[]): void {
  writeFileSync(
    join(directory, '0000000001.jsonl'),
    how(written())
      .map((line) => `${line}\n`)
      .join(''),
  );
}

describe('SEC26: whoever changes Redis alone is found out', () => {
  test.each([
    [
      'a removed tail, head and all',
      async () => {
        await local.redis.xtrim(AUDIT, 'MINID', '0-0');
        await local.redis.xdel(AUDIT, '5-0', '4-0');
        const last = (await local.redis.xrevrange(AUDIT, '+', '-', 'COUNT', 1))[0]?.[1][1] ?? '';
        await local.redis.hset('{bellhop}:audit:head', { seq: 3, hash: hashIn(last) });
      },
    ],
    [
      'a chain written anew',
      async () => {
        await local.redis.flushall();
        await happen(9);
      },
    ],
    [
      'an empty Redis',
      async () => {
        await local.redis.flushall();
      },
    ],
  ] as const)('%s', async (_what, change) => {
    await happen(5);
    await mirror.catchUp(Infinity);
    await change();

    await expect(mirror.catchUp(Infinity)).rejects.toMatchObject({ code: 'RecordDamaged' });
    expect(written()).toHaveLength(5);
  });

  test('files and Redis shortened alike are behind the signed head', async () => {
    await happen(5);
    await mirror.catchUp(Infinity);
    writeFileSync(join(directory, '0000000001.jsonl'), `${written().slice(0, 3).join('\n')}\n`);
    await local.redis.xdel(AUDIT, '5-0', '4-0');

    await expect(mirror.catchUp(Infinity)).rejects.toMatchObject({
      code: 'RecordDamaged',
      details: { detail: 'it ends before entry 5, which was signed' },
    });
  });
});

function hashIn(line: string): string {
  return (JSON.parse(line) as { hash: string }).hash;
}
