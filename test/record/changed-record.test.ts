import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuditEntry, contentHash, sealEntry } from '../../src/engine/domain/audit-entry.ts';
import { canonicalJson } from '../../src/engine/domain/canonical-json.ts';
import { OPERATOR } from '../contracts/sample-records.ts';
import {
  type RecordBench,
  edit,
  linesOf,
  openRecordBench,
  problemsOf,
  resign,
  verifyHere,
  writeLines,
} from '../support/record-bench.ts';
import { APPROVER, verifyIndependently } from '../support/sample-record.ts';

let bench: RecordBench;
beforeAll(async () => {
  bench = await openRecordBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

function anotherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return value.startsWith('0') ? `1${value.slice(1)}` : `0${value.slice(1)}`;
  return { other: 'x' };
}
describe('whatever is changed is found and named', () => {
  const FILES = [
    'report.html',
    'users.csv',
    'pack.json',
    'audit.jsonl',
    'public-key.pem',
    'manifest.json',
    'manifest.sig',
  ];

  test.each(FILES)('%s: one byte', async (name) => {
    const folder = bench.copy();
    const file = join(folder, name);
    const bytes = readFileSync(file);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);

    const { code } = await verifyHere(folder);

    expect(code).toBe(1);
    const problems = await problemsOf(folder);
    const named = name === 'manifest.json' || name === 'public-key.pem' ? 'manifest.sig' : name;
    expect(problems.some((each) => each.startsWith(named) || each.startsWith(name))).toBe(true);
    expect((await verifyIndependently(folder)).code).not.toBe(0);
  });

  test.each(FILES)('%s: missing', async (name) => {
    const folder = bench.copy();
    rmSync(join(folder, name));

    expect(await problemsOf(folder)).toContain(`${name}: it is missing`);
    expect((await verifyHere(folder)).code).toBe(1);
  });

  test('every entry of the chain, and everything an entry says', async () => {
    const lines = linesOf(bench.view.folder);
    for (const [at, line] of lines.entries()) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      for (const member of Object.keys(entry)) {
        const folder = bench.copy();
        const changed = canonicalJson({ ...entry, [member]: anotherThan(entry[member]) });
        writeLines(folder, lines.with(at, changed));

        const problems = await problemsOf(folder);
        rmSync(folder, { recursive: true });
        expect([at, member, problems.some((each) => /^audit\.jsonl entry \d+: /.test(each))]).toEqual([
          at,
          member,
          true,
        ]);
      }
    }
  });

  test.each([
    [
      'removed',
      (lines: readonly string[]) => lines.toSpliced(4, 1),
      /^audit\.jsonl entry 6: entry 5 before it is missing/,
    ],
    [
      'there twice',
      (lines: readonly string[]) => lines.toSpliced(4, 0, lines[4] ?? ''),
      /^audit\.jsonl entry 5: its number was there before/,
    ],
    [
      'swapped with its neighbour',
      (lines: readonly string[]) => lines.toSpliced(4, 2, lines[5] ?? '', lines[4] ?? ''),
      /^audit\.jsonl entry 6: entry 5 before it is missing/,
    ],
    [
      'written otherwise',
      (lines: readonly string[]) => lines.with(4, ` ${lines[4]}`),
      /^audit\.jsonl entry 5: it is not an entry in canonical JSON/,
    ],
    [
      'no JSON',
      (lines: readonly string[]) => lines.with(4, '{'),
      /^audit\.jsonl entry 5: it is not an entry in canonical JSON/,
    ],
    [
      'the last one, removed',
      (lines: readonly string[]) => lines.slice(0, -1),
      /it is the last one, the manifest says/,
    ],
  ])('an entry is %s', async (_what, change, expected) => {
    const folder = bench.copy();
    writeLines(folder, change(linesOf(folder)));

    expect((await problemsOf(folder)).some((each) => expected.test(each))).toBe(true);
    expect((await verifyIndependently(folder)).code).toBe(1);
  });
});

describe('SEC26: a forger with a key of his own', () => {
  test('is a stranger as soon as the key is named', async () => {
    const folder = bench.copy();
    const forged = resign(folder);

    expect(await problemsOf(folder)).toEqual([]);
    const { out, code } = await verifyHere(folder, `key=${bench.view.fingerprint}`);
    expect(out).toContain(`signed with another key than the one you named: ${forged}`);
    expect(code).toBe(1);
  });

  const FORGERIES: readonly (readonly [what: string, file: string, change: (text: string) => string, found: string])[] = [
    ['hides lost messages', 'pack.json', (text) => text.replace('"copied": 990', '"copied": 989'), 'pack.json ada@sales-1.contoso.example: its books do not balance: 1 of 1000'],
    ['hides them in both columns', 'pack.json', (text) => text.replace('"source": 1000,', '"source": 999,').replace('"copied": 990', '"copied": 989'), 'pack.json items: source of the batch is 3003, its users have 3002'],
    ['lifts a score', 'pack.json', (text) => text.replace('"score": "Poor"', '"score": "Perfect"'), 'its score is not Perfect by the published rule'],
    ['gives a waiver to somebody else', 'pack.json', (text) => text.replace(`"byId": "${APPROVER.id}"`, '"byId": "somebody"'), 'of its waivers are by somebody who gave none'],
    ['betters a verification', 'pack.json', (text) => text.replace('"elsewhere": 8', '"elsewhere": 9'), 'the report of its verification does not have the hash'],
    ['lets the requester approve', 'pack.json', (text) => text.replaceAll(APPROVER.id, OPERATOR.id), 'the audit chain does not know that Approver A approved it'],
    ['gives an approval another plan', 'pack.json', (text) => text.replace(/"planHash": "./, '"planHash": "z'), 'the audit chain knows another plan'],
  ]; // prettier-ignore

  test.each(FORGERIES)('%s: found by what else stands in the record', async (_what, file, change, found) => {
    const folder = bench.copy();
    edit(folder, file, change);
    resign(folder);

    expect((await problemsOf(folder)).join('\n')).toContain(found);
  });

  test('withholds an entry of the batch itself: its number is missed', async () => {
    const folder = bench.copy();
    const lines = linesOf(folder);
    const entries = lines.map((line) => JSON.parse(line) as AuditEntry);
    const at = entries.findIndex(({ type }) => type === 'SkippedApproved');
    const { seq, previous, hash } = entries[at] ?? sealEntry({} as AuditEntry, 0, { seq: 0, hash: '' });
    writeLines(
      folder,
      lines.with(at, canonicalJson({ seq, previous, hash, content: contentHash(entries[at] as AuditEntry) })),
    );
    resign(folder);

    expect((await problemsOf(folder)).join('\n')).toContain('1 before it are missing or withheld');
    expect((await verifyIndependently(folder)).code).toBe(1);
  });
});
