/** How the owner of a mailbox keeps his mail. */
export type MailboxStyle = 'english' | 'german' | 'slashes' | 'deep' | 'tiny';

export interface GeneratedFolder {
  /** Names from the top; `['INBOX']` is the inbox. "/" and "." are part of a name. */
  readonly path: readonly string[];
  /** How much of the mail lies in it, relative to the others; 0 for an empty folder. */
  readonly weight: number;
  readonly role?: 'sent' | 'drafts' | 'junk';
}

/**
 * `english` uses the names to which the sandbox servers give SPECIAL-USE; `german` uses localised names without it;
 * `slashes` has names with "/", which only a server with another delimiter can hold; `deep` is nested in eight levels.
 */
export const FOLDER_TREES: Readonly<Record<MailboxStyle, readonly GeneratedFolder[]>> = {
  english: [
    folder(35, 'INBOX'),
    { ...folder(20, 'Sent'), role: 'sent' },
    { ...folder(1, 'Drafts'), role: 'drafts' },
    folder(4, 'Trash'),
    { ...folder(2, 'Junk'), role: 'junk' },
    folder(5, 'Archive'),
    folder(4, 'Archive', '2019'),
    folder(4, 'Archive', '2020'),
    folder(3, 'Sent', 'Older'),
    folder(6, 'Projects'),
    folder(4, 'Projects', 'Alpha & Beta'),
    folder(3, 'Projects', 'Alpha & Beta', 'Offers'),
    folder(3, 'Customers', 'Größe & Maß'),
    folder(2, 'customers-old'),
    folder(2, 'Travel'),
  ],
  german: [
    folder(34, 'INBOX'),
    { ...folder(20, 'Gesendete Objekte'), role: 'sent' },
    { ...folder(1, 'Entwürfe'), role: 'drafts' },
    folder(4, 'Gelöschte Objekte'),
    { ...folder(2, 'Junk-E-Mail'), role: 'junk' },
    folder(6, 'Kunden'),
    folder(5, 'Kunden', 'Köln'),
    folder(4, 'Kunden', 'Köln', 'Aufträge 2021'),
    folder(3, 'Kunden', 'Zürich'),
    folder(6, 'Rechnungen'),
    folder(3, 'Büro & Lager'),
    folder(2, '100% *Rabatt*'),
    folder(2, 'Sonder "Quote"'),
    folder(2, '日本'),
    folder(1, ' führende Leerstelle'),
    folder(1, 'GROSS'),
    folder(1, 'gross'),
    folder(0, 'Leer'),
    folder(3, 'Gelöschte Objekte', 'Alte Ablage'),
  ],
  slashes: [
    folder(40, 'INBOX'),
    { ...folder(20, 'Sent'), role: 'sent' },
    { ...folder(1, 'Drafts'), role: 'drafts' },
    folder(3, 'Trash'),
    folder(6, 'Angebote A/B'),
    folder(5, 'Kunden', 'Ein/Ausgang'),
    folder(4, 'Kunden', 'Ein/Ausgang', '01/2020'),
    folder(3, 'Lager'),
  ],
  deep: [
    folder(40, 'INBOX'),
    { ...folder(25, 'Sent'), role: 'sent' },
    folder(5, 'Trash'),
    ...Array.from({ length: 8 }, (_, level) =>
      folder(3, ...['Ablage', '2012', 'Q1', 'Süd', 'Köln', 'Halle 3', 'Prüfung', 'Endstand'].slice(0, level + 1)),
    ),
  ],
  tiny: [folder(80, 'INBOX'), { ...folder(20, 'Sent'), role: 'sent' }],
};

function folder(weight: number, ...path: readonly string[]): GeneratedFolder {
  return { path, weight };
}
