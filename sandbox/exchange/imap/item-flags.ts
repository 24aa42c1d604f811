import type { Mailbox } from '../directory/directory.ts';
import type { Item } from '../store/mailbox-store.ts';
import { MESSAGE_READ, MESSAGE_UNSENT } from '../store/records.ts';
import type { ItemRecord } from '../store/records.ts';

/** No `\*`: Exchange keeps no keywords of clients, and says so. */
export const PERMANENT_FLAGS = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft', '$MDNSent'];
export const LAST_VERB = 'Integer 0x1081';

/** Flags Exchange does not know, for which it refuses the command. */
export function unknownFlags(flags: readonly string[]): readonly string[] {
  return flags.filter((flag) => !PERMANENT_FLAGS.some((known) => known.toLowerCase() === flag.toLowerCase()));
}

export function flagsOf(mailbox: Mailbox, item: Item): readonly string[] {
  const record = mailbox.record(item);
  const verb = record.properties.find(([id]) => id === LAST_VERB)?.[1];
  return [
    ...((record.messageFlags & MESSAGE_READ) === 0 ? [] : ['\\Seen']),
    ...(verb === '102' || verb === '103' ? ['\\Answered'] : []),
    ...(record.message.flag?.flagStatus === 'flagged' ? ['\\Flagged'] : []),
    ...((record.messageFlags & MESSAGE_UNSENT) === 0 ? [] : ['\\Draft']),
  ];
}

/** STORE: sets or takes away flags; \Draft is what the item was made as. */
export function withFlags(record: ItemRecord, flags: readonly string[], mode: '+' | '-' | '', now: number): ItemRecord {
  const names = new Set(flags.map((flag) => flag.toLowerCase()));
  const decide = (flag: string, before: boolean) =>
    mode === '' ? names.has(flag) : names.has(flag) ? mode === '+' : before;
  const verb = record.properties.find(([id]) => id === LAST_VERB)?.[1];
  const answered = decide('\\answered', verb === '102' || verb === '103');
  const read = decide('\\seen', (record.messageFlags & MESSAGE_READ) !== 0);
  const flagged = decide('\\flagged', record.message.flag?.flagStatus === 'flagged');
  return {
    ...record,
    modifiedAt: now,
    messageFlags: read ? record.messageFlags | MESSAGE_READ : record.messageFlags & ~MESSAGE_READ,
    message: { ...record.message, flag: { flagStatus: flagged ? 'flagged' : 'notFlagged' } },
    properties: [
      ...record.properties.filter(([id]) => id !== LAST_VERB),
      ...(answered ? [[LAST_VERB, '102'] as const] : []),
    ],
  };
}
