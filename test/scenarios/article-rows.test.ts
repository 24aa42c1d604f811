import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MailboxEditor, editMailbox } from '../../sandbox/source/edit-mailbox.ts';
import { startLocalCourier } from '../../sandbox/source/local-courier.ts';
import { startLocalCyrus } from '../../sandbox/source/local-cyrus.ts';
import { startLocalDovecot } from '../../sandbox/source/local-dovecot.ts';
import type { LocalMailServer } from '../../sandbox/source/local-mail-server.ts';
import { type SandboxWorld, addressOf, passwordOf, startSandbox } from '../../sandbox/world.ts';
import type { UserView } from '../../src/engine/views.ts';
import { plainMail } from '../support/plain-mail.ts';
import { syncAgain, userWhen } from '../support/sandbox-views.ts';

const USER = 'rows';
const MARKER = 'String {8f1d2c0e-6b1a-4f43-9f0e-0b5a3c7f6d10} Name BellhopSource';
const INBOX = ['INBOX'];
const FILLER = 30;

interface Place {
  readonly folder: string;
  readonly id: string;
  readonly read: boolean;
  readonly flagged: boolean;
  readonly categories: readonly string[];
}

/** What a row can do and look at. */
interface Row {
  readonly world: SandboxWorld;
  readonly source: MailboxEditor;
  /** Marked items of the target by subject; a subject that is there twice is an error. */
  readonly target: () => ReadonlyMap<string, Place>;
  /** UID of a mail of the source by its name. */
  readonly uid: (folder: readonly string[], name: string) => Promise<number>;
}

function targetOf(world: SandboxWorld): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const folder of world.exchange.mailboxes.folders(addressOf(USER))) {
    if (folder.wellKnown?.startsWith('recoverable')) continue;
    for (const item of folder.items) {
      if (item.named[MARKER] === undefined) continue;
      if (places.has(item.subject)) throw new Error(`"${item.subject}" is in the target twice`);
      const { immutableId: id, isRead: read, flagStatus, categories } = item;
      places.set(item.subject, {
        folder: folder.path.join('/'),
        id,
        read,
        flagged: flagStatus === 'flagged',
        categories,
      });
    }
  }
  return places;
}

/** The rows of the article, in its order; each is one change and one "sync now". */
const ROWS: readonly (readonly [
  title: string,
  change: (row: Row) => Promise<void> | void,
  look: (row: Row, user: UserView) => Promise<void> | void,
])[] = [
  [
    'source: new mail -> in the target',
    async ({ source }) => {
      for (const n of [1, 2, 3, 4]) await source.append(plainMail(`Test ${n}`, INBOX));
    },
    ({ target }) => {
      for (const n of [1, 2, 3, 4]) expect(target().get(`Test ${n}`)).toMatchObject({ folder: 'Inbox', read: false });
    },
  ],
  [
    'source: mail deleted for good -> in Deleted Items of the target',
    async ({ source, uid }) => source.expunge(INBOX, [await uid(INBOX, 'Test 2')]),
    ({ target }) => expect(target().get('Test 2')?.folder).toBe('Deleted Items'),
  ],
  [
    'source: mail moved to another folder -> moved in the target, the same item',
    async ({ source, uid }) => source.move(INBOX, [await uid(INBOX, 'Test 3')], ['Projekte']),
    ({ target }) => expect(target().get('Test 3')?.folder).toBe('Projekte'),
  ],
  [
    'source: mail moved to the trash -> moved to Deleted Items',
    async ({ source, uid }) => source.move(INBOX, [await uid(INBOX, 'filler 1')], ['Trash']),
    ({ target }) => expect(target().get('filler 1')?.folder).toBe('Deleted Items'),
  ],
  [
    'source: read, flagged, a label -> read, flagged, a category',
    async ({ source, uid }) => source.setFlags(INBOX, [await uid(INBOX, 'Test 4')], ['\\Seen', '\\Flagged', '$Label1']),
    ({ target }) =>
      expect(target().get('Test 4')).toMatchObject({ read: true, flagged: true, categories: ['Important'] }),
  ],
  [
    'source: unread again, label taken off -> unread, no category',
    async ({ source, uid }) =>
      source.setFlags(INBOX, [await uid(INBOX, 'Test 4')], [], ['\\Seen', '\\Flagged', '$Label1']),
    ({ target }) => expect(target().get('Test 4')).toMatchObject({ read: false, flagged: false, categories: [] }),
  ],
  [
    'source: folder created -> created in the target',
    async ({ source }) => source.createFolder(['Neu']),
    ({ world }) => expect(folderNames(world)).toContain('Neu'),
  ],
  [
    'source: folder renamed -> renamed in the target, its items the same',
    async ({ source }) => source.renameFolder(['Projekte'], ['Vorhaben']),
    ({ world, target }) => {
      expect(target().get('Test 3')?.folder).toBe('Vorhaben');
      expect(folderNames(world)).not.toContain('Projekte');
    },
  ],
  [
    'source: mail in the archive -> in the archive of the target',
    async ({ source }) => void (await source.append(plainMail('old letter', ['Archive']))),
    ({ target }) => expect(target().get('old letter')?.folder).toBe('Archive'),
  ],
  [
    'source: the archive renamed, which the target cannot -> its mail moved to a folder of that name',
    async ({ source }) => source.renameFolder(['Archive'], ['Altes']),
    ({ world, target }) => {
      expect(target().get('old letter')?.folder).toBe('Altes');
      expect(folderNames(world)).toContain('Archive');
    },
  ],
  [
    'source: a mail of the renamed folder deleted -> removed all the same',
    async ({ source, uid }) => source.expunge(['Vorhaben'], [await uid(['Vorhaben'], 'in folder 1')]),
    ({ target }) => expect(target().get('in folder 1')?.folder).toBe('Deleted Items'),
  ],
  [
    'source: an empty folder deleted -> gone from the target',
    async ({ source }) => source.deleteFolder(['Neu']),
    ({ world }) => expect(folderNames(world)).not.toContain('Neu'),
  ],
  [
    'target: mail deleted by its owner -> not brought again',
    ({ world, target }) => world.exchange.mailboxes.deleteItem(addressOf(USER), target().get('Test 1')?.id ?? ''),
    ({ target }) => expect(target().has('Test 1')).toBe(false),
  ],
  [
    'target: that mail marked as read at the source -> still not brought again',
    async ({ source, uid }) => source.setFlags(INBOX, [await uid(INBOX, 'Test 1')], ['\\Seen']),
    ({ target }, user) => {
      expect(target().has('Test 1')).toBe(false);
      expect(user.findings.RemovedByOwner).toMatchObject({ count: 1 });
      expect(user.dataConsistencyScore).toBe('Perfect');
    },
  ],
  [
    'target: mail filed elsewhere by its owner, then moved at the source -> stays where the owner put it',
    async ({ world, target, source, uid }) => {
      world.exchange.mailboxes.moveItem(addressOf(USER), target().get('filler 2')?.id ?? '', 'archive');
      await source.move(INBOX, [await uid(INBOX, 'filler 2')], ['Vorhaben']);
    },
    ({ target }) => expect(target().get('filler 2')?.folder).toBe('Archive'),
  ],
  [
    'target: mail filed elsewhere by its owner, then deleted at the source -> kept',
    async ({ world, target, source, uid }) => {
      world.exchange.mailboxes.moveItem(addressOf(USER), target().get('filler 3')?.id ?? '', 'archive');
      await source.expunge(INBOX, [await uid(INBOX, 'filler 3')]);
    },
    ({ target }) => expect(target().get('filler 3')?.folder).toBe('Archive'),
  ],
  [
    'the deletion brake: many mails gone at once -> held, nothing is removed',
    async ({ source }) => {
      const uids = await source.uids(INBOX);
      await source.expunge(INBOX, uids.slice(0, 12));
    },
    ({ target }, user) => {
      expect([...target().values()].filter((place) => place.folder === 'Inbox').length).toBeGreaterThanOrEqual(12);
      expect(user.status).toBe('Synced');
      expect(user.findings.RemovalHeld).toMatchObject({ count: 12, folders: ['INBOX (12)'] });
      expect(user.dataConsistencyScore).toBe('Perfect');
    },
  ],
  [
    'apply deletions -> the held mails go to Deleted Items',
    async ({ world }) => void (await world.bellhop('apply', 'deletions', addressOf(USER))),
    ({ target }, user) => {
      expect([...target().values()].filter((place) => place.folder === 'Deleted Items').length).toBeGreaterThanOrEqual(
        12,
      );
      expect(user.findings.RemovalHeld).toBeUndefined();
    },
  ],
  [
    'restore missing -> what the owner deleted is back in its folder',
    async ({ world }) => void (await world.bellhop('restore', 'missing', addressOf(USER))),
    ({ target }, user) => {
      expect(target().get('Test 1')?.folder).toBe('Inbox');
      expect(user.findings.RemovedByOwner).toBeUndefined();
    },
  ],
  [
    'the ledger lost, the same user again -> nothing is copied twice, nothing is lost',
    ({ world }) => world.forgetLedger(),
    (_row, user) => expect(user.items).toMatchObject({ copied: 0, pending: 0, failed: 0 }),
  ],
];

function folderNames(world: SandboxWorld): readonly string[] {
  return world.exchange.mailboxes
    .folders(addressOf(USER))
    .filter((folder) => folder.path.length === 1)
    .map((folder) => folder.path.join('/'));
}

const LOGINS = [{ name: USER, password: passwordOf(USER) }];
/** What Dovecot offers without QRESYNC: then only CONDSTORE is left. */
const WITHOUT_QRESYNC = `imap_capability = ${[
  'IMAP4rev1', 'LITERAL+', 'ENABLE', 'IDLE', 'UIDPLUS', 'MOVE', 'NAMESPACE', 'CONDSTORE', 'LIST-EXTENDED',
  'LIST-STATUS', 'SPECIAL-USE', 'ESEARCH', 'CHILDREN', 'UNSELECT',
].join(' ')}`; // prettier-ignore

const SERVERS: readonly (readonly [
  name: string,
  start: (world: SandboxWorld) => Promise<LocalMailServer | undefined>,
])[] = [
  ['Dovecot (QRESYNC)', async (world) => world.source],
  [
    'Dovecot without QRESYNC (CONDSTORE)',
    (world) =>
      startLocalDovecot({
        directory: join(world.directory, 'condstore'),
        users: LOGINS,
        certificate: world.source.settings.certificate,
        extraConfig: WITHOUT_QRESYNC,
      }),
  ],
  [
    'Cyrus (QRESYNC, "." between names)',
    (world) =>
      startLocalCyrus({
        directory: join(world.directory, 'cyrus'),
        users: LOGINS,
        certificate: world.source.settings.certificate,
      }),
  ],
  [
    'Courier (neither, all below INBOX)',
    (world) =>
      startLocalCourier({
        directory: join(world.directory, 'courier'),
        users: LOGINS,
        certificate: world.source.settings.certificate,
      }),
  ],
];

describe.each(SERVERS)("the article's rows on %s", (_name, start) => {
  let world: SandboxWorld;
  let row: Row;
  let server: LocalMailServer | undefined;

  beforeAll(async () => {
    world = await startSandbox({ users: [{ name: USER, mails: 0 }] });
    server = await start(world);
    if (server === undefined) return;
    const source = await editMailbox(server, { name: USER, password: passwordOf(USER) });
    for (let n = 1; n <= FILLER; n += 1) await source.append(plainMail(`filler ${n}`, INBOX));
    for (let n = 1; n <= 5; n += 1) await source.append(plainMail(`in folder ${n}`, ['Projekte']));
    await source.append(plainMail('in the trash', ['Trash']));
    row = {
      world,
      source,
      target: () => targetOf(world),
      async uid(folder, name) {
        const [uid] = await source.uids(folder, `<${name}@fabrikam.example>`);
        return uid ?? expect.fail(`${name} is not at the source`);
      },
    };
    await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${server.tlsPort}`);
    const csv = join(world.directory, 'rows.csv');
    writeFileSync(csv, `EmailAddress,UserName,Password\n${addressOf(USER)},${USER},${passwordOf(USER)}\n`);
    await world.bellhop('import', csv, 'batch=demo', 'endpoint=sandbox');
    await world.startBellhop('worker');
  });
  beforeEach(({ skip }) => skip(server === undefined, 'its Debian packages cannot be had here'));
  afterAll(async () => {
    await row?.source[Symbol.asyncDispose]();
    if (server !== undefined && server !== world.source) await server.stop();
    await world?.[Symbol.asyncDispose]();
  });

  test('all mail there is -> in the target, special folders in theirs', async () => {
    await world.bellhop('start', 'batch', 'demo');
    const user = await userWhen(world, USER, 'Synced');

    expect(user.items).toMatchObject({ source: FILLER + 6, copied: FILLER + 6, pending: 0, failed: 0, skipped: 0 });
    expect(row.target().get('in the trash')?.folder).toBe('Deleted Items');
  });

  test.each(ROWS)('%s', async (_title, change, look) => {
    const before = row.target();
    await change(row);

    const user = await syncAgain(world, USER);

    await look(row, user);
    const { source, copied, adopted, excluded, skipped, failed, pending } = user.items;
    expect(source).toBe(copied + adopted + excluded + skipped + failed + pending);
    // An item once there keeps its id, whatever happens to it.
    for (const [subject, place] of row.target()) expect(place.id).toBe(before.get(subject)?.id ?? place.id);
  });
});
