import type { MailFolder, Message } from '@microsoft/microsoft-graph-types';
import { MigrationError } from '../engine/domain/failure.ts';
import { appendObstacle } from '../engine/domain/route-message.ts';
import type { Clock, FidelityNote, ImportOutcome, MessageToImport, TargetMailbox } from '../engine/ports.ts';
import type { AppendSession } from './append-session.ts';
import { type Appended, isAppended, receivedInSecond } from './find-appended.ts';
import { type GraphClient, failureOf } from './graph-client.ts';
import { imapPath } from './imap-path.ts';
import { receivedAt } from './item-properties.ts';
import { headerValue, readMime } from './read-mime.ts';
import { withoutReceiptRequest } from './receipt-request.ts';

export interface AppendLaneOptions {
  readonly session: AppendSession;
  readonly graph: GraphClient;
  /** Object id of the mailbox. */
  readonly mailbox: string;
  readonly changeItem: TargetMailbox['changeItem'];
  readonly clock: Clock;
  readonly timeScale: number;
}

/** The message has to take the other lane, and why: nothing was stored. */
export interface Elsewhere {
  readonly outcome: 'elsewhere';
  readonly why: string;
}

/** Waits between looks for an appended item: Graph's filters show it a little later (ms). */
const LOOKS = [0, 300, 1_000, 3_000];

/**
 * Writes messages as they are, by IMAP APPEND, and links them in Graph: the marker, categories and flag come by one PATCH.
 * Between the two an item exists without a marker; `sentBefore` says that one may, and it is looked for before a second APPEND.
 */
export function appendLane({ session, graph, mailbox, changeItem, clock, timeScale }: AppendLaneOptions) {
  const root = `/users/${encodeURIComponent(mailbox)}/mailFolders`;
  const paths = new Map<string, Promise<string | undefined>>();
  let closed: string | undefined;

  const pathOf = (folderId: string): Promise<string | undefined> => {
    const known = paths.get(folderId) ?? imapPath(folderId, readFolder);
    paths.set(folderId, known);
    return known;
  };

  async function readFolder(id: string): Promise<MailFolder | undefined> {
    const path = `${root}/${encodeURIComponent(id)}?$select=id,displayName,parentFolderId`;
    const answer = await graph.read<MailFolder>({ method: 'GET', path, mailbox });
    if (answer.ok) return answer.body;
    if (answer.verdict === 'not-found') return undefined;
    throw failureOf(answer);
  }

  async function importMessage(
    folderId: string,
    message: MessageToImport,
    signal: AbortSignal,
  ): Promise<ImportOutcome | Elsewhere> {
    const appended = await describeAppended(message);
    if (message.sentBefore === true) {
      const found = await find(folderId, appended, signal);
      if (found !== undefined) return link(found, message, []);
    }
    const why = closed ?? appendObstacle(message.raw);
    if (why !== undefined) return { outcome: 'elsewhere', why };
    return append(folderId, message, appended, signal);
  }

  async function append(
    folderId: string,
    message: MessageToImport,
    appended: Appended,
    signal: AbortSignal,
  ): Promise<ImportOutcome | Elsewhere> {
    const { flags } = message;
    const raw = flags.read ? message.raw : withoutReceiptRequest(message.raw);
    const notes: readonly FidelityNote[] =
      raw === message.raw ? [] : [{ kind: 'headers', text: 'its request for a read receipt is kept under another name, so that none is sent' }]; // prettier-ignore
    // No \Flagged: given here, other programs do not see it. Keywords are refused.
    const words = [flags.read ? '\\Seen' : '', flags.answered ? '\\Answered' : '', flags.draft ? '\\Draft' : ''];
    for (let tries = 1; ; tries += 1) {
      const path = await pathOf(folderId);
      if (path === undefined) return { outcome: 'elsewhere', why: 'its folder is not shown by IMAP' };
      const answer = await session.append(path, raw, words.filter(Boolean), appended.receivedAt);
      switch (answer.answer) {
        case 'stored':
          return linkStored(folderId, message, { ...appended, uid: answer.uid }, notes, signal);
        case 'unknown':
          return { outcome: 'unknown', detail: answer.text };
        case 'no-folder':
          // Renamed or moved since its name was read.
          paths.clear();
          if (tries > 1) return { outcome: 'elsewhere', why: 'its folder is not shown by IMAP' };
          break;
        case 'lane-closed':
          closed = `the append lane is not available (${answer.text})`;
          return { outcome: 'elsewhere', why: closed };
        case 'refused':
          return { outcome: 'elsewhere', why: `the append lane refused it (${answer.text})` };
      }
    }
  }

  // The item exists: from here on nothing may say that nothing was stored.
  async function linkStored(
    folderId: string,
    message: MessageToImport,
    appended: Appended,
    notes: readonly FidelityNote[],
    signal: AbortSignal,
  ): Promise<ImportOutcome> {
    try {
      for (const wait of LOOKS) {
        if (wait > 0) await clock.sleep(wait / timeScale, signal);
        const found = await find(folderId, appended, signal);
        if (found !== undefined) return await link(found, message, notes);
      }
      return { outcome: 'unknown', detail: 'appended, but not yet found' };
    } catch (error) {
      if (error instanceof MigrationError) return { outcome: 'unknown', detail: `appended, not linked: ${error.code}` };
      throw error;
    }
  }

  async function find(folderId: string, appended: Appended, signal: AbortSignal): Promise<Message | undefined> {
    const path = `${root}/${encodeURIComponent(folderId)}/messages?${receivedInSecond(appended.receivedAt)}`;
    for await (const item of graph.pages<Message>({ method: 'GET', path, mailbox, signal }))
      if (isAppended(item, appended)) return item;
    return undefined;
  }

  async function link(item: Message, message: MessageToImport, notes: readonly FidelityNote[]): Promise<ImportOutcome> {
    const { flags, marker, categories } = message;
    const version: unknown = Reflect.get(item, '@odata.etag');
    const change = {
      marker,
      ...(flags.flagged ? { flagged: true } : {}),
      ...(flags.answered || flags.forwarded ? { answered: flags.answered, forwarded: flags.forwarded } : {}),
      ...(categories.length === 0 ? {} : { categories }),
    };
    const id = item.id ?? '';
    const changed = await changeItem(id, change, typeof version === 'string' ? version : '');
    return changed === 'changed'
      ? { outcome: 'imported', id, notes }
      : { outcome: 'unknown', detail: `appended, not linked: ${changed}` };
  }

  return { importMessage };
}

async function describeAppended(message: MessageToImport): Promise<Appended> {
  // What no parser reads is appended all the same: Exchange has its own way with it.
  const parsed = await readMime(message.raw).catch(() => undefined);
  const messageId = parsed && headerValue(parsed.email, 'message-id')?.trim();
  const received = parsed === undefined ? (message.receivedAt ?? 0) : receivedAt(message, parsed);
  return {
    receivedAt: Math.floor(received / 1000) * 1000,
    uid: undefined,
    messageId: messageId === '' ? undefined : messageId,
    subject: parsed?.email.subject ?? '',
  };
}
