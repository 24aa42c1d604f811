import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { badRowsCsv } from '../../src/engine/domain/bad-rows.ts';
import { readMigrationCsv } from '../../src/engine/domain/migration-csv.ts';

const HEADER = 'EmailAddress,UserName,Password';

function badRowsOf(text: string): string {
  const { table, problems } = readMigrationCsv(Buffer.from(text));
  const pieces = table === undefined ? undefined : badRowsCsv(table, problems);
  return pieces === undefined ? 'none' : [...pieces].join('');
}

describe('refused rows as a file of their own', () => {
  test('hold these rows only, say why, and are taken when they are mended', () => {
    const bad = badRowsOf(`${HEADER}\na@example.com,a,p\nnobody,u,"p,1"\nc@example.com,,p\nd@example.com,d,p`);

    expect(bad.split('\r\n')).toEqual([
      `\ufeffProblem,${HEADER}`,
      'Row 3: EmailAddress is not a valid SMTP address. Correct the address.,nobody,u,"p,1"',
      expect.stringMatching(/^Row 4: UserName is empty\..*,c@example\.com,,p$/),
      '',
    ]);
    const mended = readMigrationCsv(Buffer.from(bad.replace('nobody', 'b@example.com').replace('com,,', 'com,c,')));
    expect(mended.problems).toEqual([]);
    expect(mended.warnings).toEqual([]);
    expect([...mended.rows].map((row) => [row.address, row.password])).toEqual([['b@example.com', 'p,1'], ['c@example.com', 'p']]); // prettier-ignore
  });

  test('a file without refused rows makes none, and neither does one that is refused as a whole', () => {
    expect(badRowsOf(`${HEADER}\na@example.com,a,p`)).toBe('none');
    expect(badRowsOf('EmailAddress,Password\na@example.com,p')).toBe('none');
  });

  test('a row with a value too many keeps every value at its place', () => {
    expect(badRowsOf(`${HEADER}\na@example.com,a,p,word`)).toContain(',a@example.com,a,p,word\r\n');
  });

  test('the separator stays that of the file, so that the same spreadsheet opens it', () => {
    const bad = badRowsOf('EmailAddress;UserName;Password\nnobody;u;"a;b"');

    expect(bad).toContain('Problem;EmailAddress;UserName;Password');
    expect(bad).toContain(';nobody;u;"a;b"');
  });

  test.each(['=1+1', '+49', '-x', '@SUM(A1)', '＝cmd', ' =1', '\t=1', "'quoted", '=cmd|"/c calc"!A0'])(
    'SEC21: %s is no formula in it, and comes back as it was',
    (password) => {
      const bad = badRowsOf(`${HEADER}\nnobody,u,"${password.replaceAll('"', '""')}"`);

      const cells = bad.split('\r\n')[1] ?? '';
      expect(cells.split(',').at(-1)?.replaceAll('"', '')).toMatch(/^'/);
      expect([...readMigrationCsv(Buffer.from(bad.replace('nobody', 'a@example.com'))).rows][0]?.password).toBe(
        password,
      );
    },
  );

  test('any password survives the way through the file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (password) => {
        fc.pre(!password.includes('\0') && !/^[\ud800-\udfff]$/u.test(password));
        const bad = badRowsOf(`${HEADER}\nnobody,u,"${password.replaceAll('"', '""')}"`);
        const again = readMigrationCsv(Buffer.from(bad.replace('nobody', 'a@example.com')));
        expect([...again.rows][0]?.password).toBe(password);
      }),
    );
  });

  test('a password that only looks like ours is left alone in a file without our column', () => {
    expect([...readMigrationCsv(Buffer.from(`${HEADER}\na@example.com,a,'=x`)).rows][0]?.password).toBe("'=x");
  });
});
