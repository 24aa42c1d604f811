import { headerBlock } from '../engine/domain/message-key.ts';

/** Headers that make a mail program send a receipt when the message is opened (RFC 8098, and older habits). */
const ASKS = /^(?=(?:disposition-notification-to|return-receipt-to|x-confirm-reading-to)[ \t]*:)/gim;

/**
 * The message with its request for a read receipt under another name. Unread mail that is opened for the first time years
 * later must not tell its sender so. The body, and with it every signature over it, stays as it is.
 */
export function withoutReceiptRequest(raw: Buffer): Buffer {
  const block = headerBlock(raw);
  const headers = block.toString('latin1');
  const quiet = headers.replaceAll(ASKS, 'X-Original-');
  return quiet === headers ? raw : Buffer.concat([Buffer.from(quiet, 'latin1'), raw.subarray(block.length)]);
}
