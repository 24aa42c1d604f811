import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zip } from '../../src/record/zip.ts';
import { recordFiles } from '../../src/record/record-files.ts';
import { readSigner } from '../../src/record/signing-key.ts';
import { type RecordBench, edit, openRecordBench, problemsOf, resign, verifyHere } from '../support/record-bench.ts';

let bench: RecordBench;
beforeAll(async () => {
  bench = await openRecordBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

describe('hostile records are refused', () => {
  const small = (): Buffer => Buffer.from('x');

  test('a zip whose names lead elsewhere writes nothing and is no record', async () => {
    const file = join(bench.scratch, 'traversal.zip');
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
    ['that is cut', () => readFileSync(bench.view.archive.file).subarray(0, 900), 'its end is missing'],
    [
      'with a directory that points nowhere',
      () => {
        const bytes = readFileSync(bench.view.archive.file);
        return bytes.fill(0xff, bytes.length - 6, bytes.length - 2);
      },
      'its directory is damaged',
    ],
    ['that is none', () => Buffer.from('hello'), 'it is not a zip file'],
    ['that is empty', () => Buffer.alloc(0), 'it is not a zip file'],
  ])('a zip %s', async (_what, make, said) => {
    const file = join(bench.scratch, 'hostile.zip');
    writeFileSync(file, make());

    const { out, code } = await verifyHere(file);

    expect(out).toContain(said);
    expect(out).not.toContain(' at ');
    expect(code).toBe(1);
  });

  test('links, folders and strangers in a folder are not followed and named', async () => {
    const folder = bench.copy();
    rmSync(join(folder, 'pack.json'));
    symlinkSync('/etc/passwd', join(folder, 'pack.json'));
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'extra\u001b[31m.txt'), '');

    const { out } = await verifyHere(folder);

    for (const name of ['pack.json', 'sub', 'extra?[31m.txt'])
      expect(out).toContain(`${name}: it is not part of a record`);
  });

  test('a file too large for any record is refused before it is read', async () => {
    const folder = bench.copy();
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
    const folder = bench.copy();
    writeFileSync(join(folder, 'pack.json'), text);
    resign(folder);

    const { out, code } = await verifyHere(folder);

    expect([code, out.includes('pack.json')]).toEqual([1, true]);
    expect(out).not.toMatch(/TypeError|RangeError/);
  });

  test('a manifest of another version, or of something else, is refused', async () => {
    for (const change of [{ version: 2 }, { format: 'else' }, { files: [{}] }, { chain: null }]) {
      const folder = bench.copy();
      edit(folder, 'manifest.json', (text) => JSON.stringify({ ...JSON.parse(text), ...change }));

      expect((await problemsOf(folder)).some((each) => each.startsWith('manifest.json: it is'))).toBe(true);
    }
  });

  test('what is not understood says how it is used', async () => {
    for (const words of [[], ['a', 'b'], [bench.view.folder, 'key=abc']])
      expect((await verifyHere(...words)).code).toBe(2);
    expect((await verifyHere('/does/not/exist')).code).toBe(1);
  });
});

test('a key that cannot be read stops the export with a sentence', async () => {
  const keyFile = join(bench.scratch, 'broken.key');
  writeFileSync(keyFile, 'no key');
  chmodSync(keyFile, 0o600);
  const records = recordFiles({ directory: bench.scratch, keyFile, version: '0' });

  await expect(records.signer()).rejects.toMatchObject({ code: 'LedgerUnavailable' });
});

test('many processes make one key', async () => {
  const file = join(bench.scratch, 'keys/one.key');

  const signers = await Promise.all(Array.from({ length: 20 }, () => readSigner(file)));

  expect(new Set(signers.map(({ fingerprint }) => fingerprint)).size).toBe(1);
});

/** A zip whose directory says another size than the file has. */
function lying(bytes: Buffer, size: number): Buffer {
  const directory = bytes.readUInt32LE(bytes.length - 6);
  bytes.writeUInt32LE(size, directory + 24);
  return bytes;
}
