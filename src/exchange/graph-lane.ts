import type { Attachment, Message, UploadSession } from '@microsoft/microsoft-graph-types';
import { MigrationError } from '../engine/domain/failure.ts';
import type { FidelityNote, ImportOutcome, MessageToImport } from '../engine/ports.ts';
import { fidelityNotes } from './fidelity.ts';
import { type GraphAnswer, type GraphClient, failureOf } from './graph-client.ts';
import { describe } from './graph-failure.ts';
import { type CreateRequest, type Offer, attachmentRequest, createRequest } from './message-json.ts';
import { type ParsedAttachment, type ParsedMessage, readMime } from './read-mime.ts';
import { uploadAttachment } from './upload-session.ts';

export interface LaneOptions {
  readonly graph: GraphClient;
  /** Object id of the mailbox. */
  readonly mailbox: string;
  readonly maxItemSize: number;
}

/** What is tried when the target refuses a message for its form: as it is, without what is refused most, reduced. */
const OFFERS: readonly Offer[] = ['whole', 'plain', 'reduced'];
const LARGEST_DIRECT = 2_900_000;
/** A whole request (Graph answers 413 above it). */
const LARGEST_REQUEST = 4 * 1024 * 1024;

/**
 * Writes messages as JSON with MAPI properties. Everything must be right in the one CREATE: dates and message flags can
 * never be repaired. Only attachments that do not fit into 4 MB follow in requests of their own.
 */
export function graphLane({ graph, mailbox, maxItemSize }: LaneOptions) {
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
    let refusal = '';
    for (const offer of OFFERS) {
      const request = createRequest(message, parsed, offer);
      const path = `${root}/mailFolders/${encodeURIComponent(folderId)}/messages`;
      const answer = await graph.send<Message>({ method: 'POST', path, bytes: request.body, mailbox, signal });
      if (answer.ok) return afterCreate(answer, request, parsed, offer, signal);
      if (answer.verdict === 'uncertain') return { outcome: 'unknown', detail: describe(answer.error) };
      if (answer.verdict !== 'refused' && answer.verdict !== 'too-large') throw failureOf(answer);
      refusal = describe(answer.error);
    }
    return { outcome: 'refused', code: 'ItemRefused', detail: refusal };
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
        if (answer.verdict !== 'refused' && answer.verdict !== 'too-large')
          return { outcome: 'unknown', detail: describe(answer.error) };
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
    const bytes = attachment.read();
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
    const present = new Map<string, number>();
    const path = `${root}/messages/${encodeURIComponent(id)}/attachments?$select=id,name,size&$top=100`;
    for await (const { name } of graph.pages<Attachment>({ method: 'GET', path, mailbox, signal })) {
      present.set(name ?? '', (present.get(name ?? '') ?? 0) + 1);
    }
    // The reduced form has the original as its only attachment: it is complete.
    if (present.has('original.eml') && !parsed.attachments.some((each) => each.name === 'original.eml'))
      return { outcome: 'imported', id, notes: fidelityNotes(parsed) };
    const missing = parsed.attachments.filter(({ name }) => {
      const count = present.get(name) ?? 0;
      present.set(name, count - 1);
      return count <= 0;
    });
    return addAttachments(id, missing, fidelityNotes(parsed), signal);
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
