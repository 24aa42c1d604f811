import type { Attachment, Message, UploadSession } from '@microsoft/microsoft-graph-types';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock, FidelityNote, ImportOutcome, MessageToImport, TargetMailbox } from '../engine/ports.ts';
import { fidelityNotes } from './fidelity.ts';
import type { GraphAnswer } from './graph-answer.ts';
import { type GraphClient, failureOf } from './graph-client.ts';
import { describe } from './graph-failure.ts';
import { type CreateRequest, type Offer, attachmentRequest, createRequest } from './message-json.ts';
import { type ParsedAttachment, type ParsedMessage, readMime } from './read-mime.ts';
import { missingAttachments } from './missing-attachments.ts';
import { uploadAttachment } from './upload-session.ts';

export interface LaneOptions {
  readonly graph: GraphClient;
  /** Object id of the mailbox. */
  readonly mailbox: string;
  readonly maxItemSize: number;
  /** Takes back an item that turns out not to fit. */
  readonly removeDuplicate: TargetMailbox['removeDuplicate'];
  readonly clock: Clock;
  readonly timeScale: number;
}

/** What is tried when the target refuses a message for its form: as it is, without what is refused most, reduced. */
const OFFERS: readonly Offer[] = ['whole', 'plain', 'reduced'];
/** Pauses before a folder that is not found is taken for gone: a new one is not known everywhere at once (ms). */
const FOLDER_LOOKS = [500, 1_500, 4_000];
const LARGEST_DIRECT = 2_900_000;
/** A whole request (Graph answers 413 above it). */
const LARGEST_REQUEST = 4 * 1024 * 1024;

/**
 * Writes messages as JSON with MAPI properties. Everything must be right in the one CREATE: dates and message flags can
 * never be repaired. Only attachments that do not fit into 4 MB follow in requests of their own.
 */
export function graphLane({ graph, mailbox, maxItemSize, removeDuplicate, clock, timeScale }: LaneOptions) {
  const root = `/users/${encodeURIComponent(mailbox)}`;

  async function importMessage(
    folderId: string,
    message: MessageToImport,
    signal: AbortSignal,
  ): Promise<ImportOutcome> {
    const ready = await prepare(message);
    return 'outcome' in ready ? ready : offer(folderId, ready, signal);
  }

  /** Several small messages in one request; one that rejects with a MigrationError is surely not stored. */
  async function importTogether(
    folderId: string,
    messages: readonly MessageToImport[],
    signal: AbortSignal,
  ): Promise<readonly PromiseSettledResult<ImportOutcome>[]> {
    const prepared = await Promise.all(messages.map(prepare));
    const ready = prepared.filter((each): each is Prepared => !('outcome' in each));
    const path = messagesPath(folderId);
    const requests = ready.map(
      ({ request: { body: bytes } }) => ({ method: 'POST', path, bytes, mailbox, signal }) as const,
    );
    const [sent] = await Promise.allSettled([graph.sendTogether<Message>(requests)]);
    const results: PromiseSettledResult<ImportOutcome>[] = [];
    let given: PromiseRejectedResult | undefined = sent.status === 'rejected' ? sent : undefined;
    for (const each of prepared) {
      if ('outcome' in each) {
        results.push({ status: 'fulfilled', value: each });
        continue;
      }
      const answer = sent.status === 'fulfilled' ? sent.value[ready.indexOf(each)] : undefined;
      // What kept one from being sent keeps the others, too; but whatever was answered is told.
      const [result] =
        answer === undefined && given !== undefined
          ? [given]
          : await Promise.allSettled([offer(folderId, each, signal, answer)]);
      if (result.status === 'rejected') given ??= result;
      results.push(result);
    }
    return results;
  }

  async function prepare(message: MessageToImport): Promise<Prepared | Refused> {
    if (message.raw.length > maxItemSize)
      return { outcome: 'refused', code: 'ItemTooLarge', detail: `${message.raw.length} bytes` };
    return orRefuse(async () => {
      const parsed = await readMime(message.raw);
      return { message, parsed, request: createRequest(message, parsed, 'whole') };
    });
  }

  /** Offers a message until the target takes it; `first` is the one to its first form, where it was sent already. */
  async function offer(
    folderId: string,
    { message, parsed, request: whole }: Prepared,
    signal: AbortSignal,
    first?: GraphAnswer<Message>,
  ): Promise<ImportOutcome> {
    let refusal: Refused | undefined;
    for (const form of OFFERS) {
      const request = form === 'whole' ? whole : createRequest(message, parsed, form);
      const answer = (form === 'whole' ? first : undefined) ?? (await create(folderId, request, signal));
      if (answer.ok) return afterCreate(answer, request, parsed, form, signal);
      // A conflict is none of what was sent: whether it was carried out is asked like after every other trouble.
      if (answer.verdict === 'uncertain' || answer.verdict === 'conflict')
        return { outcome: 'unknown', detail: describe(answer.error) };
      if (answer.verdict !== 'refused' && answer.verdict !== 'too-large') throw failureOf(answer);
      const code = answer.verdict === 'too-large' ? 'ItemTooLarge' : 'ItemRefused';
      refusal = { outcome: 'refused', code, detail: describe(answer.error) };
    }
    return refusal ?? { outcome: 'refused', code: 'ItemRefused', detail: '' };
  }

  function messagesPath(folderId: string): string {
    return `${root}/mailFolders/${encodeURIComponent(folderId)}/messages`;
  }

  async function create(
    folderId: string,
    { body: bytes }: CreateRequest,
    signal: AbortSignal,
  ): Promise<GraphAnswer<Message>> {
    const path = messagesPath(folderId);
    for (let tries = 0; ; tries += 1) {
      const answer = await graph.send<Message>({ method: 'POST', path, bytes, mailbox, signal });
      const pause = FOLDER_LOOKS[tries];
      if (answer.ok || answer.verdict !== 'not-found' || pause === undefined) return answer;
      await clock.sleep(pause / timeScale, signal);
    }
  }

  // Only 201 with an id is a success: Exchange was seen to answer 200 and store nothing.
  async function afterCreate(
    answer: Extract<GraphAnswer<Message>, { ok: true }>,
    request: CreateRequest,
    parsed: ParsedMessage,
    offer: Offer,
    signal: AbortSignal,
  ): Promise<ImportOutcome> {
    const { id } = answer.body;
    if (answer.status !== 201 || typeof id !== 'string' || id === '') {
      return { outcome: 'unknown', detail: `${answer.status} without an item` };
    }
    const notes: FidelityNote[] = [...request.notes, ...fidelityNotes(parsed)];
    if (offer === 'plain')
      notes.push({ kind: 'repaired', text: 'stored without sender details or headers the target refused' });
    return addAttachments(id, request.later, notes, signal);
  }

  // The item exists: whatever goes wrong from here on, it must be asked about before it is sent again.
  async function addAttachments(
    id: string,
    attachments: readonly ParsedAttachment[],
    notes: readonly FidelityNote[],
    signal: AbortSignal,
  ): Promise<ImportOutcome> {
    try {
      for (const attachment of attachments) {
        const answer = await addAttachment(id, attachment, signal);
        if (answer.ok) continue;
        // The mailbox takes less than was set: part of a message is not the message.
        if (answer.verdict === 'too-large') {
          await removeDuplicate(id);
          return { outcome: 'refused', code: 'ItemTooLarge', detail: describe(answer.error) };
        }
        if (answer.verdict !== 'refused') return { outcome: 'unknown', detail: describe(answer.error) };
        notes = [...notes, { kind: 'attachment', text: 'an attachment was refused by the target' }];
      }
    } catch (error) {
      if (error instanceof MigrationError)
        return { outcome: 'unknown', detail: `attachments are missing: ${error.code}` };
      throw error;
    }
    return { outcome: 'imported', id, notes };
  }

  async function addAttachment(
    id: string,
    attachment: ParsedAttachment,
    signal: AbortSignal,
  ): Promise<GraphAnswer<unknown>> {
    const path = `${root}/messages/${encodeURIComponent(id)}/attachments`;
    const direct = (): Promise<GraphAnswer<unknown>> =>
      graph.send<Attachment>({ method: 'POST', path, bytes: attachmentRequest(attachment), mailbox, signal });
    if (attachment.size <= LARGEST_DIRECT) return direct();
    const { name, contentType, contentId, inline } = attachment;
    const bytes = attachment.ranges();
    const item = {
      attachmentType: 'file',
      name,
      size: bytes.length,
      contentType,
      isInline: inline,
      ...(contentId === undefined ? {} : { contentId }),
    };
    const session = await graph.send<UploadSession>({
      method: 'POST',
      path: `${path}/createUploadSession`,
      body: { AttachmentItem: item },
      mailbox,
      signal,
    });
    // Sessions begin at "3 MB": what is too small for one by the server's way of counting is sent as a whole.
    if (!session.ok && session.verdict === 'refused' && attachmentRequest(attachment).length <= LARGEST_REQUEST)
      return direct();
    if (!session.ok || typeof session.body.uploadUrl !== 'string') return session;
    return uploadAttachment(graph, session.body.uploadUrl, bytes, mailbox, signal);
  }

  async function completeMessage(id: string, message: MessageToImport, signal: AbortSignal): Promise<ImportOutcome> {
    const ready = await prepare(message);
    if ('outcome' in ready) return ready;
    const { parsed, request: whole } = ready;
    const path = `${root}/messages/${encodeURIComponent(id)}/attachments?$select=id,name,size&$top=100`;
    const present = await Array.fromAsync(graph.pages<Attachment>({ method: 'GET', path, mailbox, signal }));
    // The reduced form has the original as its only attachment: it is complete.
    const isReduced = present.some(({ name }) => name === 'original.eml');
    const notes = [...whole.notes, ...fidelityNotes(parsed)];
    if (isReduced && !whole.attachments.some((each) => each.name === 'original.eml'))
      return { outcome: 'imported', id, notes };
    return addAttachments(id, missingAttachments(whole.attachments, present), notes, signal);
  }

  return { importMessage, importTogether, completeMessage };
}

type Refused = Extract<ImportOutcome, { outcome: 'refused' }>;

/** A message and its first request. */
interface Prepared {
  readonly message: MessageToImport;
  readonly parsed: ParsedMessage;
  readonly request: CreateRequest;
}

// What nobody can read must not keep a mailbox from being moved: it is skipped, with its reason.
async function orRefuse<Result>(work: () => Promise<Result>): Promise<Result | Refused> {
  try {
    return await work();
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    return { outcome: 'refused', code: 'ItemRefused', detail: `it cannot be parsed (${name})` };
  }
}
