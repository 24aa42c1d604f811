import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillMailbox } from '../../sandbox/source/fill-mailbox.ts';
import { generateMailbox } from '../../sandbox/source/generate-mail.ts';
import type { GeneratedMail } from '../../sandbox/source/generate-mail.ts';
import { startLocalDovecot } from '../../sandbox/source/local-dovecot.ts';
import type { LocalDovecot } from '../../sandbox/source/local-dovecot.ts';
import { checkMigration } from './check-migration.ts';
import type { CheckedUser, CheckReport } from './check-migration.ts';
import { hashMaildir, checkSourceUntouched } from './hash-maildir.ts';
import { readSource } from './read-source.ts';
import type { SourceFolder } from './read-source.ts';
import { writeExchangeStore } from '../support/write-exchange-store.ts';
import type { WrittenFolder, WrittenItem } from '../support/write-exchange-store.ts';

const LOGIN = 'buchhaltung@contoso.example';
const PASSWORD = 'sandbox';
const SPECIAL: Readonly<Record<string, number>> = {
  INBOX: 2,
  Entwürfe: 3,
  'Gesendete Objekte': 4,
  'Gelöschte Objekte': 5,
  'Junk-E-Mail': 6,
};
const WELL_KNOWN: readonly WrittenFolder[] = [
  { number: 1, parent: 0, name: 'Top of Information Store', wellKnown: 'msgfolderroot' },
  { number: 2, parent: 1, name: 'Inbox', wellKnown: 'inbox' },
  { number: 3, parent: 1, name: 'Drafts', wellKnown: 'drafts' },
  { number: 4, parent: 1, name: 'Sent Items', wellKnown: 'sentitems' },
  { number: 5, parent: 1, name: 'Deleted Items', wellKnown: 'deleteditems' },
  { number: 6, parent: 1, name: 'Junk Email', wellKnown: 'junkemail' },
];

let directory = '';
let server: LocalDovecot;
let folders: readonly WrittenFolder[];
let good: readonly WrittenItem[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bh-checker-'));
  server = await startLocalDovecot({
    directory: join(directory, 'source'),
    users: [{ name: LOGIN, password: PASSWORD }],
  });
  const mailbox = generateMailbox({ owner: LOGIN, seed: 5, mails: 300, profile: 'quick', style: 'german' });
  const mails = [...mailbox.mails()];
  await fillMailbox(server, LOGIN, mailbox.folders, mails);
  const source = await readSource(user().source);
  folders = foldersFor(source);
  good = migrate(source, mails, folders);
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

describe('the outside checker', () => {
  test('is content with a faithful migration, and leaves the source as it was', async () => {
    const before = await hashMaildir(server.mailHome(LOGIN));

    const report = await check(good);

    expect(report.findings).toEqual([]);
    expect(report.mailboxes[0]).toMatchObject({ source: 300, byMarker: 300, byContent: 0, lost: 0, doubled: 0 });
    expect(checkSourceUntouched(LOGIN, before, await hashMaildir(server.mailHome(LOGIN)))).toEqual([]);
  });

  test.each<readonly [string, (items: readonly WrittenItem[]) => readonly WrittenItem[], string]>([
    ['a lost mail', (items) => items.slice(1), 'lost'],
    ['a mail copied twice under one marker', (items) => [...items, at(items, 0)], 'doubled'],
    ['a mail copied again by a second run', (items) => [...items, withMarker(at(items, 0), (marker) => `${marker}-again`)], 'doubled'],
    ['a mail copied again after a new UIDVALIDITY', (items) => [...items, withMarker(at(items, 0), (marker) => marker.replace(/\|\d+\|/, '|1|'))], 'doubled'],
    ['a wrong received date', changeFirst((item) => ({ ...item, internalDate: new Date(item.internalDate.getTime() + 1000) })), 'wrong-received-date'],
    ['a wrong folder', changeFirst((item) => ({ ...item, folder: item.folder === 6 ? 4 : 6 })), 'wrong-folder'],
    ['a lost flag', changeFirst((item) => ({ ...item, flags: toggle(item.flags, '\\Flagged') })), 'wrong-flags'],
    ['a mail of somebody else', changeHeader('X-Owner', 'X-Owner: einkauf@contoso.example'), 'wrong-owner'],
    ['another subject', changeHeader('Subject', 'Subject: other'), 'wrong-subject'],
    ['another sender', changeHeader('From', 'From: <other@example.com>'), 'wrong-sender'],
    ['another Message-ID', changeHeader('Message-ID', 'Message-ID: <other@example.com>'), 'wrong-message-id'],
    ['another sent date', changeHeader('Date', 'Date: Mon, 03 Mar 2003 03:03:03 +0000'), 'wrong-sent-date'],
    ['an empty body', changeAttachment((raw) => raw.subarray(0, raw.indexOf('\r\n\r\n') + 4)), 'body-lost'],
    ['a damaged attachment', changeAttachment((raw) => Buffer.from(raw.toString('latin1').replace(/(\r\n[\w+/]{70,76}\r\n[\w+/]{10})(..)/, '$1AA'), 'latin1')), 'attachment-lost'],
    ['a mail that is not at the source', (items) => [...items, { ...withMarker(at(items, 0), (marker) => marker.replace(/\|\d+\|\d+\|/, '|1|1|')), raw: Buffer.from('Subject: new\r\n\r\nx\r\n') }], 'not-at-source'],
  ])('complains about %s', async (_, spoil, code) => {
    const report = await check(spoil(good));

    expect(report.passed).toBe(false);
    expect(report.findings.map((finding) => finding.code)).toContain(code);
    expect(new Set(report.findings.map(({ where }) => where)).size).toBe(1);
  }); // prettier-ignore

  test('finds mail by its content when its UIDs are new', async () => {
    const report = await check(
      good.map((item) => withMarker(item, (marker) => marker.replace(/\|\d+\|(\d+)\|/, '|77|$1|'))),
    );

    expect(report.findings).toEqual([]);
    expect(report.mailboxes[0]).toMatchObject({ byMarker: 0, byContent: 300 });
  });

  test('complains when two folders of the source fell into one', async () => {
    const [gross, GROSS] = ['gross', 'GROSS'].map((name) => folders.find((folder) => folder.name === name)?.number);

    const report = await check(good.map((item) => (item.folder === gross ? { ...item, folder: GROSS ?? 0 } : item)));

    expect(report.findings.map(({ code }) => code)).toEqual(['folders-merged']);
  });

  test('leaves mail alone that was in the mailbox before, and removed mail in Deleted Items', async () => {
    const first = at(good, 0);
    const raw = Buffer.from('Subject: not from here\r\n\r\nx\r\n');
    const { marker: _, ...foreign } = first;
    const removed = { ...withMarker(first, (marker) => marker.replace(/\|\d+\|\d+\|/, '|1|1|')), folder: 5, raw };

    const report = await check([...good, { ...foreign, raw }, removed]);

    expect(report.findings).toEqual([]);
    expect(report.mailboxes[0]).toMatchObject({ foreign: 1, removed: 1 });
  });

  test('believes a reason for what was skipped, but not books that differ from its own count', async () => {
    const skipped = markerParts(at(good, 0));
    const items = { source: 300, copied: 299, adopted: 0, excluded: 0, skipped: 1, failed: 0, pending: 0 };
    const view = { identity: LOGIN, items, dataConsistencyScore: 'Investigate', skipped: [skipped] };

    const honest = await check(good.slice(1), { view });
    const dishonest = await check(good.slice(1), {
      view: { ...view, items: { ...items, copied: 300, skipped: 0 }, skipped: [], dataConsistencyScore: 'Perfect' },
    });

    expect(honest.findings).toEqual([]);
    expect(dishonest.findings.map(({ code }) => code).sort()).toEqual(['books-wrong', 'lost', 'score-too-good']);
  });

  test('runs as a program that exits with 1 when something is lost', async () => {
    await writeExchangeStore(join(directory, 'program'), LOGIN, folders, good.slice(1));
    const plan = join(directory, 'plan.json');
    await writeFile(plan, JSON.stringify({ exchangeDirectory: join(directory, 'program'), users: [user()] }));

    const { code, output } = await runProgram(plan);

    expect(code).toBe(1);
    expect(output).toContain('300 messages at the source, 1 lost, 0 doubled');
  });
});

function user(): CheckedUser {
  const access = { host: server.host, port: server.tlsPort, caFile: server.caFile, user: LOGIN, password: PASSWORD };
  return { login: LOGIN, target: LOGIN, source: access };
}

let stores = 0;
async function check(items: readonly WrittenItem[], more: Partial<CheckedUser> = {}): Promise<CheckReport> {
  stores += 1;
  const exchangeDirectory = join(directory, `target-${stores}`);
  await writeExchangeStore(exchangeDirectory, LOGIN, folders, items);
  return checkMigration({ exchangeDirectory, users: [{ ...user(), ...more }] });
}

/** The folders a faithful migration makes: below the well-known ones, names that differ only in case kept apart. */
function foldersFor(source: readonly SourceFolder[]): readonly WrittenFolder[] {
  const made: WrittenFolder[] = [...WELL_KNOWN];
  for (const { names } of [...source].sort((a, b) => a.names.length - b.names.length)) {
    if (names.length === 1 && SPECIAL[names[0] ?? ''] !== undefined) continue;
    const parent = names.length === 1 ? 1 : numberOf(names.slice(0, -1), made);
    made.push({ number: made.length + 10, parent, name: (names.at(-1) ?? '').trim() });
  }
  return made;
}

function numberOf(names: readonly string[], made: readonly WrittenFolder[]): number {
  let number = SPECIAL[names[0] ?? ''];
  for (const name of number === undefined ? names : names.slice(1)) {
    number = made.find((folder) => folder.parent === (number ?? 1) && folder.name === name.trim())?.number;
  }
  if (number === undefined) throw new Error(`No folder for ${names.join('/')}`);
  return number;
}

/** Which generated mail a message is, is told by its size, date and flags; then it is written with its marker. */
function migrate(
  source: readonly SourceFolder[],
  mails: readonly GeneratedMail[],
  made: readonly WrittenFolder[],
): readonly WrittenItem[] {
  const byKey = new Map(
    mails.map((mail) => [key(mail.folder, mail.raw.length, mail.internalDate.getTime() / 1000), mail]),
  );
  return source.flatMap(({ names, path, messages }) =>
    messages.map(({ uid, uidValidity, size, internalDate }) => {
      const mail = byKey.get(key(names, size, internalDate));
      if (mail === undefined) throw new Error(`${path} ${uid} was never generated`);
      return { ...mail, folder: numberOf(names, made), marker: `${LOGIN}|${path}|${uidValidity}|${uid}|run-1` };
    }),
  );
}

function key(names: readonly string[], size: number, seconds: number): string {
  return JSON.stringify([names, size, seconds]);
}

function at(items: readonly WrittenItem[], index: number): WrittenItem {
  const item = items[index];
  if (item === undefined) throw new RangeError('No such item');
  return item;
}

function withMarker(item: WrittenItem, change: (marker: string) => string): WrittenItem {
  return { ...item, marker: change(item.marker ?? '') };
}

function markerParts({ marker = '' }: WrittenItem): { readonly folder: string; readonly uid: number } {
  const [, folder = '', , uid] = marker.split('|');
  return { folder, uid: Number(uid) };
}

function changeFirst(
  change: (item: WrittenItem) => WrittenItem,
): (items: readonly WrittenItem[]) => readonly WrittenItem[] {
  return (items) => items.map((item, index) => (index === 0 ? change(item) : item));
}

/** Replaces a header field of the first mail that is ordinary enough to have it and a text of its own. */
function changeHeader(name: string, line: string): (items: readonly WrittenItem[]) => readonly WrittenItem[] {
  const field = new RegExp(`^${name}:.*(?:\\r\\n[ \\t].*)*$`, 'm');
  return (items) => {
    const index = items.findIndex(
      ({ raw }) => raw.toString('latin1').includes('text/plain') && field.test(raw.toString('latin1')),
    );
    return items.map((item, at) =>
      at === index ? { ...item, raw: Buffer.from(item.raw.toString('latin1').replace(field, line), 'latin1') } : item,
    );
  };
}

/** Changes the first mail with a PDF and a text. */
function changeAttachment(change: (raw: Buffer) => Buffer): (items: readonly WrittenItem[]) => readonly WrittenItem[] {
  return (items) => {
    const index = items.findIndex(
      ({ raw }) => /application\/pdf\r\n/.test(raw.toString('latin1')) && !raw.toString('latin1').includes('rfc822'),
    );
    return items.map((item, at) => (at === index ? { ...item, raw: change(item.raw) } : item));
  };
}

function toggle(flags: readonly string[], flag: string): readonly string[] {
  return flags.includes(flag) ? flags.filter((other) => other !== flag) : [...flags, flag];
}

function runProgram(plan: string): Promise<{ readonly code: number; readonly output: string }> {
  const program = new URL('main.ts', import.meta.url).pathname;
  return new Promise((resolve) => {
    execFile(process.execPath, [program, plan], (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout });
    });
  });
}
