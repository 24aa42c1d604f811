import type { Mailbox } from '../directory/directory.ts';
import type { GraphRequest } from '../graph/graph-call.ts';
import { GraphError, unreadableBody } from '../graph/graph-error.ts';
import type { Switches } from '../limits/faults.ts';
import type { Folder } from '../store/mailbox-store.ts';
import { MESSAGE_READ, MESSAGE_UNSENT } from '../store/records.ts';
import { TRANSPORT_MESSAGE_HEADERS } from './extended-properties.ts';
import { mimeToItem } from './mime-item.ts';
import { storeMessage } from './store-message.ts';
import type { StoredItem } from './store-message.ts';

const LF = 10;
const CR = 13;
/** RFC 5322, section 2.1.1. */
const MAX_LINE = 998;

/**
 * Creates a message from MIME in base64. Whatever the MIME says, it is a draft received now; only the sent date comes
 * from its Date header. Throws the 400s of Graph for bare LFs, bad base64 and what is no mail.
 */
export function createFromMime(
  mailbox: Mailbox,
  folder: Folder,
  request: GraphRequest,
  switches: Switches,
  now: number,
): StoredItem {
  const raw = decodeBody(request);
  checkMime(raw);
  const item = mimeToItem(raw, { messageFlags: MESSAGE_UNSENT | MESSAGE_READ, receivedAt: now }, now);
  const properties = new Map(item.properties);
  if (switches.transportHeaders !== 'kept') properties.delete(TRANSPORT_MESSAGE_HEADERS);
  return storeMessage(mailbox, folder, { ...item, properties }, now);
}

function decodeBody({ body }: GraphRequest): Buffer {
  const value = 'bytes' in body ? body.bytes.toString('latin1') : body.json.value;
  if (typeof value !== 'string') throw unreadableBody('A body of text/plain must be base64.');
  const text = value.replaceAll(/\s/g, '');
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    throw new GraphError(400, 'ErrorMimeContentInvalidBase64String', 'Invalid base64 string for MIME content.');
  }
  return Buffer.from(text, 'base64');
}

function checkMime(raw: Buffer): void {
  for (let at = raw.indexOf(LF); at !== -1; at = raw.indexOf(LF, at + 1)) {
    if (raw[at - 1] !== CR)
      throw new GraphError(
        400,
        'UnableToDeserializePostBody',
        'Were unable to deserialize the posted body: a line ends without CR.',
      );
  }
  const headerEnd = raw.indexOf('\r\n\r\n');
  const lines = raw.toString('latin1', 0, headerEnd === -1 ? raw.length : headerEnd).split('\r\n');
  if (lines.some((line) => line.length > MAX_LINE)) {
    throw new GraphError(
      400,
      'UnableToDeserializePostBody',
      'Were unable to deserialize the posted body: a header line is too long.',
    );
  }
  if (!lines.some((line) => /^[!-9;-~]+:/.test(line)))
    throw new GraphError(400, 'ErrorMimeContentInvalid', 'The MIME content is invalid.');
}
