import type { SourceFolder } from './read-source.ts';

export interface Place {
  /** Well-known name; undefined stands for the root of the mailbox. */
  readonly anchor: string | undefined;
  readonly names: readonly string[];
}

/** Where the mail of a folder must be: one of these. */
export type ExpectedPlace = readonly Place[];

const BY_ATTRIBUTE: Readonly<Record<string, string>> = {
  '\\sent': 'sentitems',
  '\\drafts': 'drafts',
  '\\trash': 'deleteditems',
  '\\junk': 'junkemail',
  '\\archive': 'archive',
};
/** Names that mean a special folder where the server does not say so, lower case. */
const BY_NAME: Readonly<Record<string, readonly string[]>> = {
  sentitems: ['sent', 'sent items', 'sent messages', 'gesendet', 'gesendete objekte', 'gesendete elemente'],
  drafts: ['drafts', 'entwürfe'],
  deleteditems: ['trash', 'deleted items', 'deleted messages', 'papierkorb', 'gelöschte objekte', 'gelöschte elemente'],
  junkemail: ['junk', 'spam', 'junk e-mail', 'junk-e-mail'],
  archive: ['archive', 'archiv'],
};

/** Expectations for all folders of a mailbox, by path. Everything below "INBOX." of a dotted server may be at the root. */
export function expectedPlaces(folders: readonly SourceFolder[]): ReadonlyMap<string, ExpectedPlace> {
  const isPrefixed = folders.every(({ names }) => names[0]?.toUpperCase() === 'INBOX');
  const top = isPrefixed ? 1 : 0;
  const special = new Map<string, string>();
  for (const { attributes, path } of folders) {
    const attribute = Object.keys(BY_ATTRIBUTE).find((name) => attributes.has(name));
    if (attribute !== undefined) special.set(path, BY_ATTRIBUTE[attribute] ?? '');
  }
  for (const { names, path } of folders) {
    if (names.length !== top + 1) continue;
    const name = (names[top] ?? '').normalize('NFC').toLowerCase();
    const wellKnown = Object.keys(BY_NAME).find((known) => BY_NAME[known]?.includes(name));
    const isTaken = [...special.values()].includes(wellKnown ?? '');
    if (wellKnown !== undefined && !isTaken && !special.has(path)) special.set(path, wellKnown);
  }
  return new Map(folders.map((folder) => [folder.path, placeOf(folder, folders, special, isPrefixed)]));
}

function placeOf(
  { names }: SourceFolder,
  folders: readonly SourceFolder[],
  special: ReadonlyMap<string, string>,
  isPrefixed: boolean,
): ExpectedPlace {
  if (names.length === 1 && names[0]?.toUpperCase() === 'INBOX') return [{ anchor: 'inbox', names: [] }];
  for (let depth = names.length; depth > 0; depth -= 1) {
    const above = folders.find((folder) => folder.names.length === depth && startsWith(names, folder.names));
    const anchor = above === undefined ? undefined : special.get(above.path);
    if (anchor === undefined) continue;
    const place = { anchor, names: names.slice(depth) };
    // Not every mailbox has an archive of its own; then it is a folder like others.
    return anchor === 'archive' ? [place, { anchor: undefined, names: names.slice(isPrefixed ? 1 : 0) }] : [place];
  }
  const below = { anchor: 'inbox', names: names.slice(1) };
  if (isPrefixed) return [{ ...below, anchor: undefined }, below];
  return names[0]?.toUpperCase() === 'INBOX' ? [below] : [{ anchor: undefined, names }];
}

function startsWith(names: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((name, at) => name === names[at]);
}

/** Whether an item lies where it must. Exchange trims names, knows no case, and two names must not fall into one. */
export function isAtPlace(item: Place, expected: ExpectedPlace): boolean {
  return expected.some(
    ({ anchor, names }) =>
      anchor === item.anchor &&
      item.names.length === names.length &&
      item.names.every((name, at) => plainName(name) === plainName(names[at] ?? '')),
  );
}

function plainName(name: string): string {
  return name
    .normalize('NFC')
    .trim()
    .replace(/( \(\d+\)|_)$/, '')
    .toLowerCase();
}
