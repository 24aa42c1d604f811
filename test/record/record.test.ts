import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordPage } from '../../src/cards/record-page.ts';
import { closeOut } from '../../src/engine/close-out.ts';
import { type AuditEntry, sealEntry } from '../../src/engine/domain/audit-entry.ts';
import { canonicalJson } from '../../src/engine/domain/canonical-json.ts';
import type { CloseOut } from '../../src/engine/domain/close-out.ts';
import type { BatchName } from '../../src/engine/domain/ids.ts';
import { type RecordManifest, fingerprintOf, recordedFile } from '../../src/engine/domain/record-manifest.ts';
import { verifyRecord } from '../../src/engine/domain/verify-record.ts';
import type { ExportView } from '../../src/engine/views.ts';
import { readRecord } from '../../src/record/read-record.ts';
import { verifyRecordCommand } from '../../src/record/verify-command.ts';
import { zip } from '../../src/record/zip.ts';
import { NO_BROWSER, launchChromium } from '../support/render-card.ts';
import { localeFor } from '../../src/cards/locale.ts';
import { OPERATOR } from '../contracts/sample-records.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';
import { APPROVER, migrateSamples, verifyAlone, verifyIndependently } from '../support/sample-record.ts';

let world: BotWorld;
let batch: BatchName;
let view: ExportView;
const scratch = mkdtempSync(join(tmpdir(), 'bellhop-record-'));

beforeAll(async () => {
  world = await startBotWorld();
  batch = await migrateSamples(world.opened.world);
  view = await write();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

function write(): Promise<ExportView> {
  return closeOut(world.opened.world, batch, (report) => recordPage(report), OPERATOR);
}

/** `bellhop verify-record` in this process. */
async function verifyHere(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  let out = '';
  const keep = (text: string): void => void (out += `${text}\n`);
  return { code: await verifyRecordCommand(words, { out: keep, error: keep }), out };
}

let copies = 0;
/** A copy of the record that may be spoiled. */
function copy(): string {
  const folder = join(scratch, `copy-${(copies += 1)}`);
  cpSync(view.folder, folder, { recursive: true });
  return folder;
}

function edit(folder: string, name: string, change: (text: string) => string): void {
  const file = join(folder, name);
  const before = readFileSync(file, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
}

/** What is wrong, as one line a problem. */
async function problemsOf(folder: string, key?: string): Promise<readonly string[]> {
  const { files, strays } = await readRecord(folder);
  const { problems } = verifyRecord(files, strays, key === undefined ? {} : { key });
  return problems.map(({ file, where, text }) => `${file}${where === undefined ? '' : ` ${where}`}: ${text}`);
}

/** Hashes and signs anew, as somebody with a key of his own can. */
function resign(folder: string): string {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const fingerprint = fingerprintOf(pem);
  writeFileSync(join(folder, 'public-key.pem'), pem);
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as RecordManifest;
  const files = manifest.files.map(({ name }) => recordedFile(name, readFileSync(join(folder, name))));
  const last = JSON.parse(
    readFileSync(join(folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n').at(-1) ?? '',
  ) as AuditEntry;
  const chain = { seq: last.seq, hash: last.hash };
  const text = JSON.stringify({ ...manifest, files, chain, signer: { algorithm: 'Ed25519', fingerprint } });
  writeFileSync(join(folder, 'manifest.json'), text);
  writeFileSync(join(folder, 'manifest.sig'), sign(null, Buffer.from(text), privateKey));
  return fingerprint;
}

function linesOf(folder: string): readonly string[] {
  return readFileSync(join(folder, 'audit.jsonl'), 'utf8').trimEnd().split('\n');
}

function writeLines(folder: string, lines: readonly string[]): void {
  writeFileSync(join(folder, 'audit.jsonl'), lines.map((line) => `${line}\n`).join(''));
}

describe('a record as it was written', () => {
  test('verifies anywhere: no Redis, no configuration, no environment; folder and zip', async () => {
    for (const path of [view.folder, view.archive.file]) {
      const { out, code } = await verifyAlone(
        path,
        `key=${view.fingerprint.toUpperCase().replaceAll(/(.{12})/g, '$1\u200b')}`,
      );
      expect(out).toContain('UNCHANGED: the record of "sales-1"');
      expect(out).toContain('3 users, 3003 messages');
      expect(code).toBe(0);
    }
  });

  test('verifies with a script that shares no code with Bellhop, and with openssl', async () => {
    expect(await verifyIndependently(view.folder, view.fingerprint)).toMatchObject({ code: 0 });
    const file = (name: string): string => join(view.folder, name);
    const words = [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      file('public-key.pem'),
      '-rawin',
      '-in',
      file('manifest.json'),
      '-sigfile',
      file('manifest.sig'),
    ];
    expect(execFileSync('openssl', words, { encoding: 'utf8' })).toContain('Verified Successfully');
  });

  test('other programs read the zip', () => {
    const listed = execFileSync('python3', ['-m', 'zipfile', '-l', view.archive.file], { encoding: 'utf8' });

    for (const { name } of view.files) expect(listed).toContain(name);
  });

  test('only its owner reads it, and the key never leaves', () => {
    const data = join(view.folder, '../..');
    expect(statSync(join(data, 'bellhop-signing.key')).mode & 0o777).toBe(0o600);
    expect([view.folder, view.archive.file].map((path) => statSync(path).mode & 0o077)).toEqual([0, 0]);
    const key = readFileSync(join(data, 'bellhop-signing.key'), 'utf8').split('\n')[1] ?? '';
    for (const { name } of view.files) expect(readFileSync(join(view.folder, name)).includes(key)).toBe(false);
  });

  test('says who waived what, who agreed to what, and what is open; nothing of the mail itself', () => {
    const pack = JSON.parse(readFileSync(join(view.folder, 'pack.json'), 'utf8')) as CloseOut;
    const text = view.files.map(({ name }) => readFileSync(join(view.folder, name), 'utf8')).join('');

    expect(pack.users[0]?.skippedItems[0]?.approved).toMatchObject({ by: APPROVER.name, byId: APPROVER.id });
    expect(pack.approvals).toMatchObject([
      { requestedBy: OPERATOR, decisions: [{ by: APPROVER, verdict: 'approved' }] },
    ]);
    expect(pack.openItems.map(({ kind, about }) => `${kind} ${about.split('@')[0]}`)).toEqual([
      'notCompleted ada',
      'notCompleted grace', 'skippedNotApproved grace', 'removalsHeld grace',
      'notCompleted edsger', 'skippedNotApproved edsger', 'neverVerified edsger',
    ]); // prettier-ignore
    expect(text).not.toContain('Salaries 2026');
    expect(text).not.toContain('ceo@contoso.example');
  });

  test('other batches are withheld, and the chain is whole all the same', () => {
    const text = view.files.map(({ name }) => readFileSync(join(view.folder, name), 'utf8')).join('');

    expect(text).not.toContain('branch-2');
    expect(linesOf(view.folder)).toHaveLength(view.chain.seq);
    expect(linesOf(view.folder).some((line) => 'content' in JSON.parse(line))).toBe(true);
  });

  test('a later record continues an earlier one, and says that there was one', async () => {
    const later = await write();

    expect(linesOf(later.folder).join()).toContain('BatchExported');
    expect(await verifyAlone(later.archive.file, `since=${view.archive.file}`)).toMatchObject({ code: 0 });
    const { out, code } = await verifyAlone(view.archive.file, `since=${later.archive.file}`);
    expect(out).toContain('the older record ended in another entry');
    expect(code).toBe(1);
  });
});

describe('its page', () => {
  test('runs nothing, loads nothing, and shows foreign names as text', () => {
    const page = readFileSync(join(view.folder, 'report.html'), 'utf8');

    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<img|<link|https?:/);
    expect(page).toContain('INBOX/&lt;Réunions&gt; &amp; &quot;co&quot;');
  });

  test.skipIf(NO_BROWSER !== undefined)('fits desktop, phone and paper, in English and German', async () => {
    const browser = await launchChromium();
    try {
      for (const language of ['en', 'de']) {
        const { folder } = await closeOut(
          world.opened.world,
          batch,
          (report) => recordPage(report, localeFor(language)),
          OPERATOR,
        );
        const html = readFileSync(join(folder, 'report.html'), 'utf8');
        // 688 CSS pixels: A4 between the margins.
        for (const [width, media] of [
          [1280, 'screen'],
          [390, 'screen'],
          [688, 'print'],
        ] as const) {
          const page = await browser.newPage({ viewport: { width, height: 900 } });
          await page.emulateMedia({ media });
          await page.setContent(html);
          const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
          await page.close();
          expect([language, media, wide]).toEqual([language, media, width]);
        }
      }
    } finally {
      await browser.close();
    }
  });
});

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
    const folder = copy();
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
    const folder = copy();
    rmSync(join(folder, name));

    expect(await problemsOf(folder)).toContain(`${name}: it is missing`);
    expect((await verifyHere(folder)).code).toBe(1);
  });

  test('every entry of the chain, and everything an entry says', async () => {
    const lines = linesOf(view.folder);
    for (const [at, line] of lines.entries()) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      for (const member of Object.keys(entry)) {
        const folder = copy();
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
    const folder = copy();
    writeLines(folder, change(linesOf(folder)));

    expect((await problemsOf(folder)).some((each) => expected.test(each))).toBe(true);
    expect((await verifyIndependently(folder)).code).toBe(1);
  });
});

describe('SEC26: a forger with a key of his own', () => {
  test('is a stranger as soon as the key is named', async () => {
    const folder = copy();
    const forged = resign(folder);

    expect(await problemsOf(folder)).toEqual([]);
    const { out, code } = await verifyHere(folder, `key=${view.fingerprint}`);
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
    const folder = copy();
    edit(folder, file, change);
    resign(folder);

    expect((await problemsOf(folder)).join('\n')).toContain(found);
  });

  test('withholds an entry of the batch itself: its number is missed', async () => {
    const folder = copy();
    const lines = linesOf(folder);
    const entries = lines.map((line) => JSON.parse(line) as AuditEntry);
    const at = entries.findIndex(({ type }) => type === 'SkippedApproved');
    const { seq, previous, hash } = entries[at] ?? sealEntry({} as AuditEntry, 0, { seq: 0, hash: '' });
    const { contentHash } = await import('../../src/engine/domain/audit-entry.ts');
    writeLines(
      folder,
      lines.with(at, canonicalJson({ seq, previous, hash, content: contentHash(entries[at] as AuditEntry) })),
    );
    resign(folder);

    expect((await problemsOf(folder)).join('\n')).toContain('1 before it are missing or withheld');
    expect((await verifyIndependently(folder)).code).toBe(1);
  });
});

describe('hostile records are refused', () => {
  const small = (): Buffer => Buffer.from('x');

  test('a zip whose names lead elsewhere writes nothing and is no record', async () => {
    const file = join(scratch, 'traversal.zip');
    const names = ['../../evil.txt', '/etc/evil', 'C:\\evil', 'manifest.json', 'a/manifest.sig'];
    writeFileSync(file, zip(names.map((name) => ({ name, bytes: small() }))));

    const { out, code } = await verifyHere(file);

    expect(code).toBe(1);
    expect(out).toContain('../../evil.txt: it is not part of a record');
    expect(out).toContain('manifest.sig: it is missing');
  });

  test.each([
    [
      'that unpacks to far more than it says',
      () => lying(zip([{ name: 'manifest.json', bytes: Buffer.alloc(50_000_000) }]), 1000),
      'cannot be unpacked',
    ],
    [
      'that says it is larger than a record',
      () => lying(zip([{ name: 'manifest.json', bytes: small() }]), 0xfffffff0),
      'too large for a record',
    ],
    [
      'with a name twice',
      () => zip([small(), small()].map((bytes) => ({ name: 'manifest.json', bytes }))),
      'is there twice',
    ],
    [
      'with ten thousand files',
      () => zip(Array.from({ length: 10_000 }, (_, at) => ({ name: `${at}`, bytes: small() }))),
      'more than a record has',
    ],
    ['that is cut', () => readFileSync(view.archive.file).subarray(0, 900), 'its end is missing'],
    [
      'with a directory that points nowhere',
      () => {
        const bytes = readFileSync(view.archive.file);
        return bytes.fill(0xff, bytes.length - 6, bytes.length - 2);
      },
      'its directory is damaged',
    ],
    ['that is none', () => Buffer.from('hello'), 'it is not a zip file'],
    ['that is empty', () => Buffer.alloc(0), 'it is not a zip file'],
  ])('a zip %s', async (_what, make, said) => {
    const file = join(scratch, 'hostile.zip');
    writeFileSync(file, make());

    const { out, code } = await verifyHere(file);

    expect(out).toContain(said);
    expect(out).not.toContain(' at ');
    expect(code).toBe(1);
  });

  test('links, folders and strangers in a folder are not followed and named', async () => {
    const folder = copy();
    rmSync(join(folder, 'pack.json'));
    symlinkSync('/etc/passwd', join(folder, 'pack.json'));
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'extra\u001b[31m.txt'), '');

    const { out } = await verifyHere(folder);

    for (const name of ['pack.json', 'sub', 'extra?[31m.txt'])
      expect(out).toContain(`${name}: it is not part of a record`);
  });

  test('a file too large for any record is refused before it is read', async () => {
    const folder = copy();
    truncateSync(join(folder, 'pack.json'), 8 * 1024 ** 4);

    expect((await verifyHere(folder)).out).toContain('too large for a record');
  });

  test.each([
    ['null', 'null'],
    ['a number', '7'],
    ['users that are none', '{"batch":{},"items":{},"approvals":[],"users":[{},{"items":null}]}'],
    ['approvals that are none', '{"batch":{},"items":{},"approvals":[null,{"decisions":[null]}],"users":[]}'],
    ['ten thousand brackets', '['.repeat(10_000)],
  ])('a pack that is %s is refused in words', async (_what, text) => {
    const folder = copy();
    writeFileSync(join(folder, 'pack.json'), text);
    resign(folder);

    const { out, code } = await verifyHere(folder);

    expect([code, out.includes('pack.json')]).toEqual([1, true]);
    expect(out).not.toMatch(/TypeError|RangeError/);
  });

  test('a manifest of another version, or of something else, is refused', async () => {
    for (const change of [{ version: 2 }, { format: 'else' }, { files: [{}] }, { chain: null }]) {
      const folder = copy();
      edit(folder, 'manifest.json', (text) => JSON.stringify({ ...JSON.parse(text), ...change }));

      expect((await problemsOf(folder)).some((each) => each.startsWith('manifest.json: it is'))).toBe(true);
    }
  });

  test('what is not understood says how it is used', async () => {
    for (const words of [[], ['a', 'b'], [view.folder, 'key=abc']]) expect((await verifyHere(...words)).code).toBe(2);
    expect((await verifyHere('/does/not/exist')).code).toBe(1);
  });
});

test('a key that cannot be read stops the export with a sentence', async () => {
  const { recordFiles } = await import('../../src/record/record-files.ts');
  const keyFile = join(scratch, 'broken.key');
  writeFileSync(keyFile, 'no key');
  chmodSync(keyFile, 0o600);
  const records = recordFiles({ directory: scratch, keyFile, version: '0' });

  await expect(records.signer()).rejects.toMatchObject({ code: 'LedgerUnavailable' });
});

test('many processes make one key', async () => {
  const { readSigner } = await import('../../src/record/signing-key.ts');
  const file = join(scratch, 'keys/one.key');

  const signers = await Promise.all(Array.from({ length: 20 }, () => readSigner(file)));

  expect(new Set(signers.map(({ fingerprint }) => fingerprint)).size).toBe(1);
});

/** A zip whose directory says another size than the file has. */
function lying(bytes: Buffer, size: number): Buffer {
  const directory = bytes.readUInt32LE(bytes.length - 6);
  bytes.writeUInt32LE(size, directory + 24);
  return bytes;
}
