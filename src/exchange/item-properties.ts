import type { SingleValueLegacyExtendedProperty } from '@microsoft/microsoft-graph-types';
import { MARKER_PROPERTY_ID } from '../engine/domain/marker.ts';
import type { MessageFlags } from '../engine/domain/mailbox.ts';
import type { MessageToImport } from '../engine/ports.ts';
import { type ParsedMessage, headerValue } from './read-mime.ts';

/** MAPI properties that decide what a created item is (MS-OXPROPS). Most are honoured at creation only, never later. */
const PROPERTY = {
  /** PidTagMessageFlags: 1 read, 8 unsent. Without it a created item is a draft dated now. */
  messageFlags: 'Integer 0x0E07',
  /** PidTagMessageDeliveryTime -> receivedDateTime */
  deliveryTime: 'SystemTime 0x0E06',
  /** PidTagClientSubmitTime -> sentDateTime */
  submitTime: 'SystemTime 0x0039',
  /** PidTagTransportMessageHeaders: what "message details" shows. */
  headers: 'String 0x007D',
  /** PidTagLastVerbExecuted and PidTagIconIndex: answered, forwarded. */
  lastVerb: 'Integer 0x1081',
  icon: 'Integer 0x1080',
  inReplyTo: 'String 0x1042',
  references: 'String 0x1039',
} as const;

const READ = 1;
const UNSENT = 8;
const LONGEST_HEADERS = 128 * 1024;
const LONGEST_REFERENCES = 32 * 1024;

/** The property that says whether an item was answered or forwarded. */
export const LAST_VERB = PROPERTY.lastVerb;

/** Verb and icon of Outlook: 102/261 replied, 104/262 forwarded, 0/-1 neither. */
export function replyProperties({
  answered,
  forwarded,
}: Pick<MessageFlags, 'answered' | 'forwarded'>): SingleValueLegacyExtendedProperty[] {
  const [verb, icon] = answered ? ['102', '261'] : forwarded ? ['104', '262'] : ['0', '-1'];
  return [
    { id: PROPERTY.lastVerb, value: verb },
    { id: PROPERTY.icon, value: icon },
  ];
}

/** When a message was received: INTERNALDATE, else its own Received or Date header. Never the time of the migration. */
export function receivedAt(message: MessageToImport, parsed: ParsedMessage): number {
  return message.receivedAt ?? parsed.received ?? parsed.date ?? 0;
}

export interface PropertyOptions {
  /** False in the second try after a refusal: headers are the property servers are most particular about. */
  readonly withHeaders: boolean;
}

/** All extended properties of an item, the marker among them. */
export function itemProperties(
  message: MessageToImport,
  parsed: ParsedMessage,
  { withHeaders }: PropertyOptions,
): readonly SingleValueLegacyExtendedProperty[] {
  const { flags, marker } = message;
  const received = receivedAt(message, parsed);
  const bits = (flags.read ? READ : 0) | (flags.draft ? UNSENT : 0);
  const inReplyTo = headerValue(parsed.email, 'in-reply-to');
  const references = headerValue(parsed.email, 'references');
  return [
    { id: MARKER_PROPERTY_ID, value: marker },
    { id: PROPERTY.messageFlags, value: String(bits) },
    { id: PROPERTY.deliveryTime, value: systemTime(received) },
    { id: PROPERTY.submitTime, value: systemTime(parsed.date ?? received) },
    ...(withHeaders ? [{ id: PROPERTY.headers, value: transportHeaders(parsed.headers) }] : []),
    ...(inReplyTo === undefined || inReplyTo === ''
      ? []
      : [{ id: PROPERTY.inReplyTo, value: inReplyTo.slice(0, 998) }]),
    ...(references === undefined || references === ''
      ? []
      : [{ id: PROPERTY.references, value: references.slice(-LONGEST_REFERENCES) }]),
    ...(flags.answered || flags.forwarded ? replyProperties(flags) : []),
  ].filter(({ value }) => value !== '');
}

/** Headers longer than any mail program shows are cut at a line. */
function transportHeaders(headers: string): string {
  if (headers.length <= LONGEST_HEADERS) return `${headers}\r\n`;
  return headers.slice(0, headers.lastIndexOf('\r\n', LONGEST_HEADERS) + 2);
}

export function headersAreCut(parsed: ParsedMessage): boolean {
  return parsed.headers.length > LONGEST_HEADERS;
}

function systemTime(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
