import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImapFlow, type MessageStructureObject } from 'imapflow';

/**
 * The outside checker. It shares no code with Bellhop: it reads the source over IMAP and the target from the store's
 * own files, and compares what people would compare.
 */
export interface CheckOptions {
  readonly source: {
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly ca: string;
  };
  /** Directory with the local Exchange's log.jsonl. */
  readonly store: string;
  readonly address: string;
  /** Paths of the source that are excluded on purpose. */
  readonly excluded?: readonly string[];
}

export interface CheckResult {
  readonly source: number;
  readonly target: number;
  /** Fingerprints of the source without a counterpart in the target. */
  readonly missing: readonly string[];
  /** Fingerprints of the target that the source does not have, or not so often. */
  readonly surplus: readonly string[];
  /** Markers that stand on more than one item. */
  readonly doubled: readonly string[];
  /** Items that belong to somebody else, are dated by the migration, or are drafts that were none. */
  readonly wrong: readonly string[];
}

const MARKER = 'String {8f1d2c0e-6b1a-4f43-9f0e-0b5a3c7f6d10} Name BellhopSource';
const HEADERS = 'String 0x007D';

/** Compares one mailbox. */
export async function checkMigration(options: CheckOptions): Promise<CheckResult> {
  const source = await readSource(options);
  const target = readTarget(options.store, options.address);
  const missing = difference(
    source,
    target.map((item) => item.fingerprint),
  );
  const surplus = difference(
    target.map((item) => item.fingerprint),
    source,
  );
  const markers = target.map((item) => item.marker.split('|').slice(0, -1).join('|'));
  const doubled = markers.filter((marker, at) => marker !== '' && markers.indexOf(marker) !== at);
  return {
    source: source.length,
    target: target.length,
    missing,
    surplus,
    doubled,
    wrong: target.flatMap((item) => item.wrong),
  };
}

export function isClean({ missing, surplus, doubled, wrong }: CheckResult): boolean {
  return missing.length + surplus.length + doubled.length + wrong.length === 0;
}

const SPECIAL: Readonly<Record<string, string>> = {
  '\\Sent': 'Sent Items',
  '\\Drafts': 'Drafts',
  '\\Trash': 'Deleted Items',
  '\\Junk': 'Junk Email',
  '\\Archive': 'Archive',
};

async function readSource({ source, excluded = [] }: CheckOptions): Promise<readonly string[]> {
  const client = new ImapFlow({
    host: source.host,
    port: source.port,
    secure: true,
    tls: { ca: source.ca },
    auth: { user: source.user, pass: source.password },
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found: string[] = [];
    const folders = await client.list();
    const special = new Map(
      folders.flatMap((each) =>
        SPECIAL[each.specialUse ?? ''] === undefined
          ? []
          : [[each.path, SPECIAL[each.specialUse ?? ''] ?? ''] as const],
      ),
    );
    for (const folder of folders) {
      if (folder.flags.has('\\Noselect') || excluded.includes(folder.path)) continue;
      const path = targetPath(folder.path, folder.delimiter, special);
      const mailbox = await client.mailboxOpen(folder.path, { readOnly: true });
      if (mailbox.exists === 0) continue;
      for await (const message of client.fetch('1:*', {
        envelope: true,
        flags: true,
        internalDate: true,
        bodyStructure: true,
      })) {
        const { envelope, flags = new Set(), internalDate, bodyStructure } = message;
        found.push(
          fingerprint({
            path,
            subject: envelope?.subject ?? '',
            messageId: envelope?.messageId ?? '',
            from: envelope?.from?.[0]?.address ?? '',
            received: new Date(internalDate ?? 0).toISOString(),
            read: flags.has('\\Seen'),
            flagged: flags.has('\\Flagged'),
            draft: flags.has('\\Draft'),
            attachments: countAttachments(bodyStructure),
          }),
        );
      }
    }
    return found;
  } finally {
    await client.logout();
  }
}

function targetPath(path: string, delimiter: string, special: ReadonlyMap<string, string>): string {
  if (path.toUpperCase() === 'INBOX') return 'Inbox';
  for (const [prefix, name] of special) {
    if (path === prefix) return name;
    if (path.startsWith(prefix + delimiter))
      return [name, ...path.slice(prefix.length + 1).split(delimiter)].join('\n');
  }
  return path.split(delimiter).join('\n');
}

// What mail programs list as attachments: every leaf that is not the text or its alternative.
function countAttachments(structure: MessageStructureObject | undefined): number {
  if (structure === undefined) return 0;
  if (structure.type === 'message/rfc822') return 1;
  if (structure.childNodes !== undefined)
    return structure.childNodes.reduce((sum, child) => sum + countAttachments(child), 0);
  const isBody =
    (structure.type === 'text/plain' || structure.type === 'text/html') && structure.disposition !== 'attachment';
  return isBody ? 0 : 1;
}

interface TargetItem {
  readonly fingerprint: string;
  readonly marker: string;
  readonly wrong: readonly string[];
}

type Line = { readonly op: string; readonly [name: string]: unknown };
interface Stored {
  readonly id: string;
  readonly user: string;
  readonly folderId: string;
  readonly createdAt: string;
  readonly receivedAt: string;
  readonly isDraft: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly attachments: readonly unknown[];
}
interface Folder {
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
}

function readTarget(store: string, address: string): readonly TargetItem[] {
  const folders = new Map<string, Folder>();
  const items = new Map<string, Stored>();
  let mailbox = '';
  for (const text of readFileSync(join(store, 'log.jsonl'), 'utf8').split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as Line;
    if (line.op === 'user' && (line['user'] as { address: string }).address === address)
      mailbox = (line['user'] as { id: string }).id;
    if (line.op === 'folder') folders.set((line['folder'] as Folder).id, line['folder'] as Folder);
    if (line.op === 'item') items.set((line['item'] as Stored).id, line['item'] as Stored);
    if (line.op === 'removeItem') items.delete(String(line['id']));
  }
  const own = [...items.values()].filter((item) => item.user === mailbox && item.properties[MARKER] !== undefined);
  return own.map((item) => {
    const { fields, properties } = item;
    const flag = fields['flag'] as { flagStatus?: string } | undefined;
    const from = fields['from'] as { emailAddress?: { address?: string } } | undefined;
    return {
      marker: properties[MARKER] ?? '',
      wrong: findWrong(item, address),
      fingerprint: fingerprint({
        path: pathOf(item.folderId, folders),
        subject: String(fields['subject'] ?? ''),
        messageId: String(fields['internetMessageId'] ?? ''),
        from: from?.emailAddress?.address ?? '',
        received: item.receivedAt,
        read: fields['isRead'] === true,
        flagged: flag?.flagStatus === 'flagged',
        draft: item.isDraft,
        attachments: item.attachments.length,
      }),
    };
  });
}

function findWrong(item: Stored, address: string): readonly string[] {
  const wrong: string[] = [];
  const owner = /^X-Owner: (.*)$/m.exec(item.properties[HEADERS] ?? '')?.[1]?.trim();
  if (owner !== undefined && owner !== address) wrong.push(`mail of ${owner} in the mailbox of ${address}`);
  if (item.receivedAt.slice(0, 10) === item.createdAt.slice(0, 10))
    wrong.push(`dated by the migration: ${String(item.fields['subject'])}`);
  return wrong;
}

function pathOf(id: string, folders: ReadonlyMap<string, Folder>): string {
  const folder = folders.get(id);
  if (folder === undefined) return '?';
  return folder.parentId === undefined ? folder.name : `${pathOf(folder.parentId, folders)}\n${folder.name}`;
}

interface Facts {
  readonly path: string;
  readonly subject: string;
  readonly messageId: string;
  readonly from: string;
  readonly received: string;
  readonly read: boolean;
  readonly flagged: boolean;
  readonly draft: boolean;
  readonly attachments: number;
}

function fingerprint({ path, subject, messageId, from, received, read, flagged, draft, attachments }: Facts): string {
  return [
    path.replaceAll('\n', ' / ').normalize('NFC'),
    subject.trim(),
    messageId.trim(),
    from.toLowerCase(),
    `${received.slice(0, 19)}Z`,
    read ? 'read' : 'unread',
    flagged ? 'flagged' : '-',
    draft ? 'draft' : '-',
    `${attachments} attachments`,
  ].join(' | ');
}

// Multisets: two identical mails are two.
function difference(a: readonly string[], b: readonly string[]): readonly string[] {
  const rest = new Map<string, number>();
  for (const each of b) rest.set(each, (rest.get(each) ?? 0) + 1);
  return a.filter((each) => {
    const count = rest.get(each) ?? 0;
    rest.set(each, count - 1);
    return count <= 0;
  });
}
