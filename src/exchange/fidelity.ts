import type { FidelityNote } from '../engine/ports.ts';
import { headersAreCut } from './item-properties.ts';
import { type ParsedMessage, headerValue } from './read-mime.ts';

/** What the JSON lane cannot keep of a message: known from its structure, said per item instead of hidden. */
export function fidelityNotes(parsed: ParsedMessage): readonly FidelityNote[] {
  const type = (headerValue(parsed.email, 'content-type') ?? '').toLowerCase();
  const notes: FidelityNote[] = [];
  if (type.startsWith('multipart/signed'))
    notes.push({ kind: 'signature', text: 'the signature can no longer be verified' });
  if (type.startsWith('multipart/encrypted') || /^application\/(x-)?pkcs7-mime/.test(type)) {
    notes.push({ kind: 'encryption', text: 'the encrypted content is kept as an attachment' });
  }
  if (parsed.attachments.some((attachment) => attachment.method !== undefined)) {
    notes.push({ kind: 'invitation', text: 'the invitation is kept as an attachment' });
  }
  if (parsed.repaired)
    notes.push({ kind: 'repaired', text: 'its structure is broken: what can be read is kept, the original attached' });
  if (headersAreCut(parsed)) notes.push({ kind: 'headers', text: 'very long headers are cut' });
  return notes;
}
