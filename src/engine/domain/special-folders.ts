import type { SpecialUse } from './mailbox.ts';

/**
 * Names mail programs give their special folders, for servers without SPECIAL-USE (RFC 6154): English, German, French
 * and Spanish, as Outlook, Thunderbird, Apple Mail and webmail programs write them. Compared without case and accents' form.
 */
export const SPECIAL_NAMES: Readonly<Record<Exclude<SpecialUse, 'inbox'>, readonly string[]>> = {
  sent: [
    'Sent', 'Sent Items', 'Sent Messages', 'Sent Mail', 'sent-mail', 'Gesendet', 'Gesendete Objekte', 'Gesendete Elemente',
    'Gesendete Nachrichten', 'Envoyés', 'Éléments envoyés', 'Messages envoyés', 'Objets envoyés', 'Enviados',
    'Elementos enviados', 'Mensajes enviados',
  ],
  drafts: ['Drafts', 'Draft', 'Entwürfe', 'Entwurf', 'Brouillons', 'Borradores'],
  trash: [
    'Trash', 'Deleted', 'Deleted Items', 'Deleted Messages', 'Papierkorb', 'Gelöscht', 'Gelöschte Objekte',
    'Gelöschte Elemente', 'Corbeille', 'Éléments supprimés', 'Messages supprimés', 'Papelera', 'Elementos eliminados',
    'Mensajes eliminados',
  ],
  junk: [
    'Junk', 'Junk Email', 'Junk E-mail', 'Junk Mail', 'Spam', 'Bulk Mail', 'Junk-E-Mail', 'Spamverdacht', 'Unerwünscht',
    'Courrier indésirable', 'Indésirables', 'Pourriel', 'Correo no deseado', 'Correo basura',
  ],
  archive: ['Archive', 'Archives', 'Archiv', 'Archivo', 'Archivos'],
}; // prettier-ignore

const BY_NAME: ReadonlyMap<string, SpecialUse> = new Map(
  (Object.entries(SPECIAL_NAMES) as [SpecialUse, readonly string[]][]).flatMap(([use, names]) =>
    names.map((name) => [folded(name), use] as const),
  ),
);

/** The special use a top-level folder's name stands for, if any. The inbox is never found by name: IMAP has one, called INBOX. */
export function specialUseByName(name: string): SpecialUse | undefined {
  return BY_NAME.get(folded(name));
}

function folded(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}
