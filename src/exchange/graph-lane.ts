import type { Attachment, Message, UploadSession } from '@microsoft/microsoft-graph-types';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock, FidelityNote, ImportOutcome, MessageToImport, TargetMailbox } from '../engine/ports.ts';
import { fidelityNotes } from './fidelity.ts';
import { type GraphAnswer, type GraphClient, failureOf } from './graph-client.ts';
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
    if (message.raw.length > maxItemSize)
      return { outcome: 'refused', code: 'ItemTooLarge', detail: `${message.raw.length} bytes` };
    const parsed = await parseOrRefuse(message.raw);
    if ('outcome' in parsed) return parsed;
    let refusal: Extract<ImportOutcome, { outcome: 'refused' }> | undefined;
    for (const offer of OFFERS) {
      const request = createRequest(message, parsed, offer);
      const answer = await create(folderId, request, signal);
      if (answer.ok) return afterCreate(answer, request, parsed, offer, signal);
      // A conflict is none of what was sent: whether it was carried out is asked like after every other trouble.
      if (answer.verdict === 'uncertain' || answer.verdict === 'conflict')
        return { outcome: 'unknown', detail: describe(answer.error) };
      if (answer.verdict !== 'refused' && answer.verdict !== 'too-large') throw failureOf(answer);
      const code = answer.verdict === 'too-large' ? 'ItemTooLarge' : 'ItemRefused';
      refusal = { outcome: 'refused', code, detail: describe(answer.error) };
    }
    return refusal ?? { outcome: 'refused', code: 'ItemRefused', detail: '' };
  }

  async function create(
    folderId: string,
    { body: bytes }: CreateRequest,
    signal: AbortSignal,
  ): Promise<GraphAnswer<Message>> {
    const path = `${root}/mailFolders/${encodeURIComponent(folderId)}/messages`;
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
    const parsed = await parseOrRefuse(message.raw);
    if ('outcome' in parsed) return parsed;
    const path = `${root}/messages/${encodeURIComponent(id)}/attachments?$select=id,name,size&$top=100`;
    const present = await Array.fromAsync(graph.pages<Attachment>({ method: 'GET', path, mailbox, signal }));
    // The reduced form has the original as its only attachment: it is complete.
    const isReduced = present.some(({ name }) => name === 'original.eml');
    const whole = createRequest(message, parsed, 'whole');
    const notes = [...whole.notes, ...fidelityNotes(parsed)];
    if (isReduced && !whole.attachments.some((each) => each.name === 'original.eml'))
      return { outcome: 'imported', id, notes };
    return addAttachments(id, missingAttachments(whole.attachments, present), notes, signal);
  }

  return { importMessage, completeMessage };
}

async function parseOrRefuse(raw: Buffer): Promise<ParsedMessage | Extract<ImportOutcome, { outcome: 'refused' }>> {
  try {
    return await readMime(raw);
  } catch (error) {
    return {
      outcome: 'refused',
      code: 'ItemRefused',
      detail: `it cannot be parsed (${error instanceof Error ? error.name : 'unknown'})`,
    };
  }
}
