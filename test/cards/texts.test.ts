import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { commandWords } from '../../src/bot/commands/command.ts';
import { DE } from '../../src/cards/text/de.ts';
import { EN } from '../../src/cards/text/en.ts';
import { GERMAN_CSV } from '../../src/cards/text/de-csv.ts';
import { GERMAN_COMMANDS } from '../../src/cards/text/de-commands.ts';
import { GERMAN_FAILURES, germanFailure, germanReason } from '../../src/cards/text/de-failures.ts';
import { isFragment } from '../../src/cards/text/de-fragments.ts';
import { germanUsage } from '../../src/cards/text/de-usage.ts';
import { languageOf } from '../../src/cards/text/language.ts';
import { CSV_PROBLEMS, type CsvProblemCode } from '../../src/engine/domain/csv-problems.ts';
import { FAILURES, type FailureCode, failure } from '../../src/engine/domain/failure.ts';
import { enginePhrases } from '../support/engine-phrases.ts';

/** Every text as "batch.what" -> the text, or what a function makes of sample arguments. */
function flatten(texts: object, path = ''): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(texts) as readonly (readonly [string, unknown])[]) {
    const name = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') found.set(name, value);
    else if (typeof value === 'object' && value !== null)
      for (const [inner, text] of flatten(value, name)) found.set(inner, text);
  }
  return found;
}

/** Words that are the same in both languages. */
const SAME = new Set([
  'Poor',
  'Perfect',
  'Good',
  'Export',
  'Server',
  'Status',
  'Batches',
  'Name',
  'Port',
  'Online',
  'Rate',
  'Export',
]);

describe('German says what English says', () => {
  test('the same keys', () => {
    expect([...flatten(DE).keys()].sort()).toEqual([...flatten(EN).keys()].sort());
  });

  test('no English sentence was left', () => {
    const german = flatten(DE);
    const left = [...flatten(EN)].filter(([key, text]) => german.get(key) === text && !SAME.has(text));

    expect(left).toEqual([]);
  });

  test('every command', () => {
    const missing = COMMANDS.map((each) => commandWords(each.usage)).filter((words) => !(words in GERMAN_COMMANDS));

    expect(missing).toEqual([]);
  });

  test('every problem of a CSV, with no placeholder the English message does not have', () => {
    for (const [code, german] of Object.entries(GERMAN_CSV)) {
      const known = new Set(placeholders(CSV_PROBLEMS[code as CsvProblemCode].message));
      expect(
        placeholders(`${german.message} ${german.remedy}`).filter((name) => !known.has(name)),
        code,
      ).toEqual([]);
    }
  });

  test('every failure, with no placeholder the English row does not have', () => {
    const codes = Object.keys(FAILURES) as readonly FailureCode[];

    expect(codes.filter((code) => GERMAN_FAILURES[code] === undefined)).toEqual([]);
    for (const [code, german] of Object.entries(GERMAN_FAILURES)) {
      const english = FAILURES[code as FailureCode];
      const known = new Set(placeholders(`${english.message} ${english.remedy}`));
      expect(
        placeholders(`${german.message} ${german.remedy}`).filter((name) => !known.has(name)),
        code,
      ).toEqual([]);
    }
  });
});

/** What looks like words for people and is none: names of things, words of programs. */
const NOT_SAID = new Set([
  'rest later',
  'go on',
  'not known',
  'Resume, Remove',
  'command failed',
  'The request failed.',
]);

describe('what the engine and its edges say in the middle of a sentence', () => {
  const isCommand = (text: string): boolean =>
    COMMANDS.some(({ usage }) => `${text.toLowerCase()} `.startsWith(`${commandWords(usage)} `));

  test('every phrase in the code has German', () => {
    const missing = enginePhrases().filter(({ text }) => !isFragment(text) && !isCommand(text) && !NOT_SAID.has(text));

    expect(missing).toEqual([]);
  });

  test('what stands in brackets in a usage, and what people say in an example', () => {
    // The same in both languages: a letter, and words that are typed.
    const same = new Set(['<n>', '<high|normal|low>', '<...>']);
    const brackets = COMMANDS.flatMap(({ usage }) => usage.match(/<[^<>]+>/g) ?? []);
    const said = COMMANDS.flatMap(({ usage, examples }) =>
      examples.filter((example) =>
        / [a-z]+ [a-z]+ [a-z]+$| [a-z]+ [a-z]+"$/i.test(example.slice(commandWords(usage).length)),
      ),
    );

    expect(
      [...new Set([...brackets, ...said])].filter((text) => germanUsage(text) === text && !same.has(text)),
    ).toEqual([]);
  });

  test('what every command expects has German', () => {
    const expected = COMMANDS.flatMap(({ args }) => Object.values(args).map((each) => each.expects));

    expect([...new Set(expected)].filter((text) => !isFragment(text))).toEqual([]);
  });
});

function placeholders(text: string): readonly string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

test('a stored failure is read back and said in German', () => {
  const stored = failure('SourceUnreachable', {
    host: 'imap.example.com',
    port: 993,
    detail: 'connection refused',
    endpoint: 'mail-hq',
  });

  expect(germanFailure(stored)).toEqual({
    code: 'SourceUnreachable',
    message: 'Keine Verbindung zu imap.example.com:993 (connection refused).',
    remedy: 'Prüfen Sie Host, Port und Firewall, dann „test endpoint mail-hq“.',
  });
});

test.each<readonly [FailureCode, Readonly<Record<string, string | number>>, string]>([
  [
    'SourceConnectionLost',
    { host: 'imap.example.com', detail: 'reading messages (ECONNRESET)' },
    'Die Verbindung zu imap.example.com endete: beim Lesen der Nachrichten (ECONNRESET).',
  ],
  [
    'UsageError',
    { detail: '"create batch" needs the name of a batch. Usage: create batch <name>', command: 'create batch' },
    '„create batch“: es fehlt der Name eines Batches. So geht es: create batch <Name>',
  ],
  [
    'CutoverNotProven',
    { batch: 'demo', step: 'mx-switched', missing: 'every user synced; a short TTL of the MX' },
    'Dem Schritt „mx-switched“ von „demo“ fehlt: jeder Benutzer synchronisiert; eine kurze TTL des MX.',
  ],
  [
    'ActionNotPossible',
    { action: 'SyncNow', name: 'nothing', status: 'Completed', allowed: 'Resume, Remove' },
    '„Synchronisieren“ geht nicht: nothing hat den Stand „Abgeschlossen“.',
  ],
  [
    'TargetSignInFailed',
    { detail: 'AADSTS90002 (there is no such tenant)' },
    'Entra hat die App abgelehnt: AADSTS90002 (diesen Mandanten gibt es nicht).',
  ],
  [
    'LedgerUnavailable',
    { detail: 'a record cannot be written: ENOSPC' },
    'Bellhop konnte sein Ledger nicht schreiben (eine Akte lässt sich nicht schreiben: ENOSPC). Ohne es wird nichts gesendet.',
  ],
  // What a foreign server says is said as it said it, whatever it looks like.
  [
    'SourceProtocolError',
    { detail: 'Invalid messageset' },
    'Der IMAP-Server antwortete etwas, das Bellhop nicht verwenden kann: Invalid messageset.',
  ],
])('%s: what the engine put in is German, names are as people gave them', (code, details, message) => {
  expect(germanFailure(failure(code, details)).message).toBe(message);
});

test.each(['constructor', 'toString (__proto__)', 'hasOwnProperty: valueOf', '__proto__'])(
  'a server that says %s is quoted',
  (detail) => {
    expect(germanFailure(failure('SourceProtocolError', { detail })).message).toBe(
      `Der IMAP-Server antwortete etwas, das Bellhop nicht verwenden kann: ${detail}.`,
    );
  },
);

test('why a message is not in the target', () => {
  const details = { uid: 7, folder: 'INBOX', size: 40, limit: 30, detail: 'the server delivers 12 of 40 bytes' };

  expect(germanReason('ItemUnreadable', failure('ItemUnreadable', details).message)).toBe(
    'Der Server lieferte keinen Inhalt für UID 7 in „INBOX“ (der Server liefert 12 von 40 Bytes).',
  );
  expect(germanReason('TargetRefused', 'confirmed by the target, but not found there')).toBe(
    'vom Ziel bestätigt, aber dort nicht gefunden',
  );
});

test('a failure whose text is not of its template stays as it is', () => {
  const odd = { code: 'SourceUnreachable', message: 'something else', remedy: 'else' } as const;

  expect(germanFailure(odd)).toEqual(odd);
});

test.each([
  ['de-DE', 'de'],
  ['de-at', 'de'],
  ['en-GB', 'en'],
  ['fr-FR', 'en'],
  [undefined, 'en'],
] as const)('Teams in %s is answered in %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
});
