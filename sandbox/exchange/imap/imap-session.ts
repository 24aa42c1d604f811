import type { Mailbox, UserAccount } from '../directory/directory.ts';
import type { ExchangeWorld } from '../exchange-world.ts';
import type { Folder, Item } from '../store/mailbox-store.ts';
import { appendMessage, refusalOf } from './append-message.ts';
import { fetchItem } from './fetch-items.ts';
import { findFolder, imapFolders } from './imap-folders.ts';
import { PERMANENT_FLAGS, flagsOf, unknownFlags, withFlags } from './item-flags.ts';
import { listOf, textOf } from './read-commands.ts';
import type { ImapCommand, Token } from './read-commands.ts';
import { searchItems } from './search-items.ts';
import { itemsOf } from './sequence-set.ts';

/** Named here and nowhere else: no CONDSTORE, QRESYNC or SPECIAL-USE. */
export const CAPABILITIES =
  'IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+';

/** One signed-in connection. */
export interface ImapSession {
  readonly world: ExchangeWorld;
  readonly send: (data: string | Buffer) => void;
  /** Ends the connection without a word. */
  readonly cut: () => void;
  user?: UserAccount;
  /** The grant was there; without it every command is refused. */
  connected: boolean;
  selected?: { readonly folder: number; readonly readOnly: boolean };
}

/** What the tagged answer says after the tag; undefined when the connection was cut. */
type Answer = string | undefined;
type Handler = (session: ImapSession, mailbox: Mailbox, args: readonly Token[], byUid: boolean) => Answer;

const BAD_ARGUMENTS = 'BAD Command Argument Error. 12';
const NO_FOLDER = 'NO [TRYCREATE] The requested item could not be found.';
/** Folders of Exchange that nobody may make (imapsync FAQ). */
const RESERVED = new Set(['files']);

const HANDLERS: Readonly<Record<string, Handler>> = {
  LIST: list,
  LSUB: list,
  NAMESPACE({ send }) {
    send('* NAMESPACE (("" "/")) NIL NIL\r\n');
    return 'OK NAMESPACE completed.';
  },
  STATUS(session, mailbox, [name, wanted]) {
    const folder = findFolder(mailbox, textOf(name));
    if (!folder) return 'NO The requested item could not be found.';
    const values: Readonly<Record<string, number>> = {
      MESSAGES: folder.items.size,
      RECENT: 0,
      UNSEEN: folder.unread,
      UIDNEXT: mailbox.nextItem(),
      UIDVALIDITY: uidValidity(folder),
    };
    const words = listOf(wanted).map((each) => textOf(each).toUpperCase());
    if (words.length === 0 || words.some((word) => !Object.hasOwn(values, word))) return BAD_ARGUMENTS;
    const shown = words.map((word) => `${word} ${values[word]}`).join(' ');
    session.send(`* STATUS ${quoted(textOf(name))} (${shown})\r\n`);
    return 'OK STATUS completed.';
  },
  SELECT: (session, mailbox, args) => select(session, mailbox, args, false),
  EXAMINE: (session, mailbox, args) => select(session, mailbox, args, true),
  CLOSE: unselect,
  UNSELECT: unselect,
  CREATE(_session, _mailbox, [name]) {
    const last = textOf(name).split('/').at(-1)?.toLowerCase() ?? '';
    // Folders are made through Graph here: this endpoint is for mail.
    return RESERVED.has(last) ? 'NO Folder name is reserved.' : 'NO CREATE failed.';
  },
  FETCH: withItems((session, mailbox, items, args, byUid) => {
    const wanted = (listOf(args[1]).length > 0 ? listOf(args[1]) : [args[1] ?? '']).map(textOf);
    for (const [item, sequence] of items) session.send(fetchItem(mailbox, item, sequence, wanted));
    return `OK ${byUid ? 'UID ' : ''}FETCH completed.`;
  }),
  STORE: withItems((session, mailbox, items, args, byUid) => {
    const [, mode = '', silent] = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(textOf(args[1])) ?? [];
    if (session.selected?.readOnly === true) return 'NO The folder is read-only.';
    const flags = (listOf(args[2]).length > 0 ? listOf(args[2]) : [args[2] ?? '']).map(textOf);
    if (unknownFlags(flags).length > 0) return 'BAD Command Argument Error. 11';
    for (const [item, sequence] of items) {
      const saved = mailbox.saveItem(withFlags(mailbox.record(item), flags, mode as '+' | '-' | '', Date.now()));
      if (silent === undefined)
        session.send(`* ${sequence} FETCH (UID ${saved.number} FLAGS (${flagsOf(mailbox, saved).join(' ')}))\r\n`);
    }
    return `OK ${byUid ? 'UID ' : ''}STORE completed.`;
  }),
  SEARCH(session, mailbox, args, byUid) {
    const folder = selectedFolder(session, mailbox);
    if (!folder) return 'BAD Command is not valid in this state.';
    const found = searchItems(mailbox, [...folder.items.values()], args);
    if (found === undefined) return BAD_ARGUMENTS;
    const all = [...folder.items.keys()];
    session.send(`* SEARCH${found.map(({ number }) => ` ${byUid ? number : all.indexOf(number) + 1}`).join('')}\r\n`);
    return `OK ${byUid ? 'UID ' : ''}SEARCH completed.`;
  },
  APPEND: append,
};

/** Carries out a command of a signed-in client. */
export function answerCommand(session: ImapSession, { name, args }: ImapCommand): Answer {
  const byUid = name === 'UID';
  const verb = byUid ? textOf(args[0]).toUpperCase() : name;
  const handler = Object.hasOwn(HANDLERS, verb) ? HANDLERS[verb] : undefined;
  if (!handler || (byUid && !['FETCH', 'STORE', 'SEARCH'].includes(verb))) return 'BAD Command Error. 10';
  if (!session.user) return 'BAD Command received in Invalid state.';
  if (!session.connected) return 'BAD User is authenticated but not connected.';
  return handler(session, session.world.directory.mailbox(session.user), byUid ? args.slice(1) : args, byUid);
}

function append(session: ImapSession, mailbox: Mailbox, args: readonly Token[]): Answer {
  const { switches } = session.world.faults;
  const raw = args.at(-1);
  if (!Buffer.isBuffer(raw)) return BAD_ARGUMENTS;
  if (switches.imapThrottled > 0) {
    switches.imapThrottled -= 1;
    return `NO Request is throttled. Suggested Backoff Time: ${Math.ceil(2996 / session.world.timeScale)} milliseconds`;
  }
  const folder = findFolder(mailbox, textOf(args[0]));
  if (!folder) return NO_FOLDER;
  const flags = listOf(args.slice(1, -1).find((arg) => Array.isArray(arg))).map(textOf);
  if (unknownFlags(flags).length > 0) return 'BAD Command Argument Error. 11';
  const date = args.slice(1, -1).find((arg) => typeof arg === 'string');
  const receivedAt =
    date === undefined
      ? Date.now()
      : Date.parse(
          textOf(date)
            .trim()
            .replaceAll('-', ' ')
            .replace(/ (\d{4})$/, ' -$1'),
        );
  if (Number.isNaN(receivedAt)) return BAD_ARGUMENTS;
  const refusal = refusalOf(raw);
  if (refusal !== undefined) return refusal;
  const item = appendMessage(mailbox, folder, { raw, flags, receivedAt }, Date.now());
  if (switches.imapCutAfterAppend > 0) {
    switches.imapCutAfterAppend -= 1;
    session.cut();
    return undefined;
  }
  return `OK [APPENDUID ${uidValidity(folder)} ${item.number}] APPEND completed.`;
}

function list(session: ImapSession, mailbox: Mailbox, [, pattern]: readonly Token[]): Answer {
  const words = textOf(pattern);
  if (words === '') session.send('* LIST (\\Noselect \\HasChildren) "/" ""\r\n');
  const expression = words.split(/([*%])/).map((part) => (part === '*' ? '.*' : part === '%' ? '[^/]*' : part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))); // prettier-ignore
  const matches = new RegExp(`^${expression.join('')}$`, 'i');
  const all = imapFolders(mailbox);
  for (const [name] of all) {
    const children = all.keys().some((other) => other.startsWith(`${name}/`));
    if (matches.test(name)) session.send(`* LIST (\\Has${children ? '' : 'No'}Children) "/" ${quoted(name)}\r\n`);
  }
  return 'OK LIST completed.';
}

function select(session: ImapSession, mailbox: Mailbox, [name]: readonly Token[], readOnly: boolean): Answer {
  const folder = findFolder(mailbox, textOf(name));
  delete session.selected;
  if (!folder) return 'NO The requested item could not be found.';
  session.selected = { folder: folder.number, readOnly };
  session.send(
    [
      `* ${folder.items.size} EXISTS`,
      '* 0 RECENT',
      '* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)',
      `* OK [PERMANENTFLAGS (${readOnly ? '' : PERMANENT_FLAGS.join(' ')})] Permanent flags`,
      `* OK [UIDVALIDITY ${uidValidity(folder)}] UIDVALIDITY value`,
      `* OK [UIDNEXT ${mailbox.nextItem()}] The next unique identifier value`,
      '',
    ].join('\r\n'),
  );
  return `OK [READ-${readOnly ? 'ONLY' : 'WRITE'}] ${readOnly ? 'EXAMINE' : 'SELECT'} completed.`;
}

function unselect(session: ImapSession): Answer {
  delete session.selected;
  return 'OK completed.';
}

type ItemHandler = (
  session: ImapSession,
  mailbox: Mailbox,
  items: readonly (readonly [Item, sequence: number])[],
  args: readonly Token[],
  byUid: boolean,
) => Answer;

function withItems(handle: ItemHandler): Handler {
  return (session, mailbox, args, byUid) => {
    const folder = selectedFolder(session, mailbox);
    if (!folder) return 'BAD Command received in Invalid state.';
    const items = itemsOf([...folder.items.values()], textOf(args[0]), byUid);
    return items === undefined ? BAD_ARGUMENTS : handle(session, mailbox, items, args, byUid);
  };
}

function selectedFolder({ selected }: ImapSession, mailbox: Mailbox): Folder | undefined {
  return selected && mailbox.folders.get(selected.folder);
}

function uidValidity(folder: Folder): number {
  return 1000 + folder.number;
}

function quoted(name: string): string {
  return `"${name.replaceAll(/["\\]/g, '\\$&')}"`;
}
