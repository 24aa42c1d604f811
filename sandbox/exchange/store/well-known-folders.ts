/** Names Graph accepts in place of a folder id, in any language of the mailbox (resource type mailFolder, v1.0). */
export const WELL_KNOWN_NAMES = [
  'archive',
  'clutter',
  'conflicts',
  'conversationhistory',
  'deleteditems',
  'drafts',
  'inbox',
  'junkemail',
  'localfailures',
  'msgfolderroot',
  'outbox',
  'recoverableitemsdeletions',
  'scheduled',
  'searchfolders',
  'sentitems',
  'serverfailures',
  'syncissues',
] as const;

export type WellKnownName = (typeof WELL_KNOWN_NAMES)[number];

export function isWellKnownName(name: string): name is WellKnownName {
  return WELL_KNOWN_NAMES.some((known) => known === name);
}

export interface NewFolder {
  readonly number: number;
  readonly parent: number;
  readonly name: string;
  readonly wellKnown: WellKnownName;
  readonly hidden: boolean;
}

export const ROOT_FOLDER = 1;

/**
 * What a mailbox has on its first day. Clutter, Scheduled and the Sync Issues family appear only when a client makes
 * them: until then Graph answers 404 for their names.
 */
export const FIRST_FOLDERS: readonly NewFolder[] = [
  { number: ROOT_FOLDER, parent: 0, name: 'Top of Information Store', wellKnown: 'msgfolderroot', hidden: false },
  { number: 2, parent: ROOT_FOLDER, name: 'Inbox', wellKnown: 'inbox', hidden: false },
  { number: 3, parent: ROOT_FOLDER, name: 'Drafts', wellKnown: 'drafts', hidden: false },
  { number: 4, parent: ROOT_FOLDER, name: 'Sent Items', wellKnown: 'sentitems', hidden: false },
  { number: 5, parent: ROOT_FOLDER, name: 'Deleted Items', wellKnown: 'deleteditems', hidden: false },
  { number: 6, parent: ROOT_FOLDER, name: 'Junk Email', wellKnown: 'junkemail', hidden: false },
  { number: 7, parent: ROOT_FOLDER, name: 'Archive', wellKnown: 'archive', hidden: false },
  { number: 8, parent: ROOT_FOLDER, name: 'Outbox', wellKnown: 'outbox', hidden: false },
  { number: 9, parent: ROOT_FOLDER, name: 'Conversation History', wellKnown: 'conversationhistory', hidden: false },
  { number: 10, parent: 0, name: 'Deletions', wellKnown: 'recoverableitemsdeletions', hidden: true },
  { number: 11, parent: 0, name: 'Finder', wellKnown: 'searchfolders', hidden: true },
];
