import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { readMigrationCsv } from '../../src/engine/domain/migration-csv.ts';

const HEADER = 'EmailAddress,UserName,Password';

function read(text: string | Uint8Array) {
  return readMigrationCsv(typeof text === 'string' ? Buffer.from(text) : text);
}

function codes(text: string | Uint8Array): readonly string[] {
  return read(text).problems.map((problem) => `${problem.row ?? 'file'}:${problem.code}`);
}

describe('reading a migration CSV', () => {
  test('rows come with their login and password, columns in any order, addresses in lower case', () => {
    const csv = read('password,emailaddress,username\r\n s p ,A@Example.com,u1\r\n');

    expect({ ...csv, rows: [...csv.rows] }).toMatchObject({
      rows: [{ row: 2, address: 'a@example.com', userName: 'u1', password: ' s p ' }],
      problems: [],
      warnings: [],
    });
  });

  test('quotes protect separators, line ends and quotes', () => {
    const csv = read(`${HEADER}\na@example.com,u1,"p,w""q\nline2"\nb@example.com,u2,p"w\n`);

    expect([...csv.rows].map((row) => [row.row, row.password])).toEqual([[2, 'p,w"q\nline2'], [4, 'p"w']]); // prettier-ignore
  });

  test.each([
    ['a BOM', `\ufeff${HEADER}\na@example.com,u,p`],
    ['semicolons', 'EmailAddress;UserName;Password\na@example.com;u;p'],
    ['tabs', 'EmailAddress\tUserName\tPassword\na@example.com\tu\tp'],
    ['CR only', `${HEADER}\ra@example.com,u,p\r`],
    ['UTF-16LE with BOM', Buffer.from(`\ufeff${HEADER}\na@example.com,u,p`, 'utf16le')],
    ['UTF-16LE without BOM', Buffer.from(`${HEADER}\na@example.com,u,p`, 'utf16le')],
  ])('%s is read', (_title, text) => {
    expect([...read(text).rows]).toMatchObject([{ address: 'a@example.com', userName: 'u', password: 'p' }]);
  });

  test.each([
    ['an empty file', '', ['file:CsvEmpty']],
    ['only a header', HEADER, ['file:CsvNoUsers']],
    ['a missing column', 'EmailAddress,Password\na@example.com,p', ['file:CsvMissingColumn']],
    ['a column twice', `${HEADER},Password\na@example.com,u,p,q`, ['file:CsvDuplicateColumn']],
    ['an unknown column', `${HEADER},Departement\na@example.com,u,p,x`, ['file:CsvUnknownColumn']],
    ['a quote that never ends', `${HEADER}\na@example.com,u,"p\nb@example.com,u,p`, ['2:CsvUnclosedQuote']],
    ['an Excel file', Buffer.from([0x50, 0x4b, 3, 4, 0, 0]), ['file:CsvNotText']],
    ['a web page', '<!DOCTYPE html><html></html>', ['file:CsvNotText']],
    ['another encoding', Buffer.from(`${HEADER}\na@example.com,u,p\xe4`, 'latin1'), ['2:CsvNotUtf8']],
    [
      'too few and too many values',
      `${HEADER}\na@example.com,u\nb@example.com,u,p,q`,
      ['2:CsvWrongColumnCount', '3:CsvWrongColumnCount'],
    ],
    ['a duplicate in other case', `${HEADER}\na@example.com,u,p\nA@EXAMPLE.com,v,p`, ['3:CsvDuplicateAddress']],
    ['a punycode twin', `${HEADER}\na@exämple.com,u,p\na@xn--exmple-cua.com,v,p`, ['3:CsvDuplicateAddress']],
    ['a bad address', `${HEADER}\nnobody,u,p`, ['2:CsvBadAddress']],
    ['spaces round the user name', `${HEADER}\na@example.com, u,p`, ['2:CsvUserNameSpaces']],
    ['an empty password', `${HEADER}\na@example.com,u,`, ['2:CsvPasswordEmpty']],
    ['a line end in an address', `${HEADER}\n"a@example.com\r\nx",u,p`, ['2:CsvControlCharacters']],
    ['a NUL', `${HEADER}\na@example.com,u,p\u0000`, ['2:CsvControlCharacters']],
    ['an invisible character', `${HEADER}\na\u200b@example.com,u,p`, ['2:CsvControlCharacters']],
  ])('%s', (_title, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  test('good rows are usable beside bad ones, and every problem is in one answer', () => {
    const csv = read(`${HEADER}\na@example.com,u1,p\nbad,,\nb@example.com,u2,p`);

    expect([...csv.rows].map((row) => row.address)).toEqual(['a@example.com', 'b@example.com']);
    expect(csv.problems.map((problem) => problem.code)).toEqual([
      'CsvBadAddress',
      'CsvUserNameEmpty',
      'CsvPasswordEmpty',
    ]);
  });

  test('a file without header never repeats its first line', () => {
    const csv = read('a@example.com,u,hunter2-fake\nb@example.com,v,p');

    expect([...csv.rows]).toEqual([]);
    expect(JSON.stringify(csv)).not.toContain('hunter2-fake');
  });

  test('columns named like object internals are just unknown columns', () => {
    expect(codes(`${HEADER},__proto__,constructor\na@example.com,u,p,x,y`)).toEqual(['file:CsvUnknownColumn']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('users of one login are told apart by UserRoot; whoever is not, is refused', () => {
    const rows = ['a@example.com,admin,p,/a', 'b@example.com,admin,p,/b', 'c@example.com,c,p,/c', 'd@example.com,d,p,'];
    const wrong = ['e@example.com,admin,p,/b', 'f@example.com,admin,p,'];
    const csv = readMigrationCsv(Buffer.from([`${HEADER},UserRoot`, ...rows, ...wrong].join('\n')));

    expect([...csv.rows].map(({ userName, userRoot }) => [userName, userRoot])).toEqual([
      ['admin', '/a'],
      ['admin', '/b'],
      ['c', '/c'],
      ['d', undefined],
    ]);
    expect(csv.problems.map(({ code, row }) => [code, row])).toEqual([
      ['CsvUserRootShared', 6],
      ['CsvUserRootShared', 7],
    ]);
  });

  test.each([
    ['/users', '/users/anna', [2]],
    ['users.anna', 'users.anna.team', [2]],
    ['/users/anna/', 'users/anna', [3]],
    ['/users/anna', '/users/annabel', []],
    ['/users/anna', '/users/anna.berg', []],
    ['users.anna', 'users.annabel', []],
  ])('UserRoot %s beside %s of the same login: nobody gets the mail of another', (one, other, refused) => {
    const rows = [`a@example.com,admin,p,${one}`, `b@example.com,admin,p,${other}`];
    const csv = readMigrationCsv(Buffer.from([`${HEADER},UserRoot`, ...rows].join('\n')));

    expect(csv.problems.map(({ code, row }) => [code, row])).toEqual(refused.map((row) => ['CsvUserRootShared', row]));
  });

  test('Priority is one of three words in any case, or empty; what else is there is not repeated', () => {
    const priorities = ['high', ' LOW ', 'Normal', '', 'Hoch', 'hunter2-fake', 'constructor'];
    const csv = read(
      [`${HEADER},priority`, ...priorities.map((each, at) => `u${at}@example.com,u${at},p,${each}`)].join('\n'),
    );

    expect([...csv.rows].map(({ priority }) => priority)).toEqual(['high', 'low', 'normal', undefined, 'high']);
    expect(csv.problems.map(({ code, row }) => [code, row])).toEqual([
      ['CsvBadPriority', 7],
      ['CsvBadPriority', 8],
    ]);
    expect(JSON.stringify(csv.problems)).not.toContain('hunter2-fake');
  });

  test('unknown columns are ignored on demand', () => {
    const csv = readMigrationCsv(Buffer.from(`${HEADER},Dept\na@example.com,u,p,x`), { allowUnknownColumns: true });

    expect([...csv.rows]).toHaveLength(1);
    expect(csv.warnings.map((warning) => warning.code)).toEqual(['CsvIgnoredColumn']);
  });

  test('50,000 rows are read, 50,001 are refused, and so is a byte above 10 MB', () => {
    expect([...read(rows(50_000)).rows]).toHaveLength(50_000);
    expect(codes(rows(50_001))).toEqual(['file:CsvTooManyRows']);
    expect(codes(new Uint8Array(10_000_001).fill(0x61))).toEqual(['file:CsvTooLarge']);
  });

  test('of a large file its text is kept and none of its rows, which come as often as they are asked for', () => {
    const bytes = Buffer.from(rows(50_000));
    const before = heapInUse();

    const csv = readMigrationCsv(bytes);

    expect(heapInUse() - before).toBeLessThan(bytes.length + 1_000_000);
    expect(csv.usable).toBe(50_000);
    for (const time of ['first', 'second']) {
      let inOrder = 0;
      for (const { row, userName } of csv.rows) inOrder += row === inOrder + 2 && userName === `u${inOrder}` ? 1 : 0;
      expect(inOrder, time).toBe(50_000);
    }
  });

  test('one line of 10 MB and a row of 200,000 columns are refused', () => {
    expect(codes('a'.repeat(9_999_999))).toContain('file:CsvMissingColumn');
    expect(codes(`${HEADER}\n${','.repeat(200_000)}`)).toEqual(['2:CsvWrongColumnCount']);
  });
});

const SHARED = new URL('../../../shared/csv/migration-bad/', import.meta.url);

describe.skipIf(!existsSync(SHARED))('the collection of bad files', () => {
  test.each(existsSync(SHARED) ? readdirSync(SHARED).filter((name) => /\.(csv|tsv)$/.test(name)) : [])(
    '%s is read without a surprise',
    (name) => {
      const expected = JSON.parse(readFileSync(new URL('EXPECTED.json', SHARED), 'utf8')) as Record<string, string>;

      const csv = readMigrationCsv(readFileSync(new URL(name, SHARED)), { allowUnknownColumns: true });

      const says = expected[name] ?? '';
      if (says.startsWith('file error')) expect([...csv.rows]).toEqual([]);
      if (says.startsWith('row 2 error: ')) expect(csv.problems.map((problem) => problem.row)).toContain(2);
      const ok = /^ok,? (\d) rows?/.exec(says);
      if (ok !== null) expect([...csv.rows]).toHaveLength(Number(ok[1]));
    },
  );
});

function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

function rows(count: number): string {
  return `${HEADER}\n${Array.from({ length: count }, (_, n) => `u${n}@example.com,u${n},p`).join('\n')}`;
}
