import type { Random } from './seeded-random.ts';

const SUBJECTS = [
  'Angebot für die Größe XL', 'Rechnung Nr. 2024-1177', 'Re: Lieferung nach Köln', 'Protokoll der Sitzung', 'Urlaubsantrag',
  'AW: Rückfrage zum Vertrag', 'Weekly report', 'Fwd: Maintenance window', 'Invoice overdue – second notice', 'Status der Anlage',
  'Übergabe des Schlüssels', 'WG: Änderungen im Terminplan', 'Your order has been shipped', 'Bestätigung Ihrer Bestellung',
  'Prüfbericht Halle 3', 'Re: Re: AW: Fragen zu den Maßen', 'Minutes', 'Einladung zur Schulung „Sicherheit“', 'Обновление договора',
  'Přehled objednávek', 'Déjà vu: nouvelle version', 'Reminder: timesheets', 'Wartung am Wochenende', 'ACHTUNG: neues Postfach',
]; // prettier-ignore

const SENTENCES = [
  'anbei erhalten Sie die gewünschten Unterlagen.', 'die Größe der Lieferung hat sich geändert, bitte prüfen Sie die Maße.',
  'Please find the report attached.', 'Wir bitten um Rückmeldung bis Freitag.', 'The maintenance window starts at 22:00 UTC.',
  'Für Rückfragen stehen wir Ihnen gern zur Verfügung.', 'Thanks, that works for us.', 'Der Termin wird auf nächste Woche verschoben.',
  'Kannst du das bitte kurz prüfen und freigeben?', 'We have not received the signed copy yet.', 'Die Buchung ist erfolgt, der Beleg folgt.',
  'Bitte beachten Sie die geänderten Öffnungszeiten über die Feiertage.', 'Let us talk about it on Monday.', 'Grüße aus Köln und Zürich.',
  'Die Straße ist gesperrt, die Spedition kommt später.', 'Prices are valid until the end of the quarter.', 'Besten Dank im Voraus.',
  'Als Anlage finden Sie außerdem das Prüfprotokoll der Halle 3.', 'The numbers of last year are in the second sheet.', 'Bis bald!',
]; // prettier-ignore

const SENDERS: readonly (readonly [name: string, address: string])[] = [
  ['Vertrieb Süd', 'vertrieb-sued@example.com'], ['Buchhaltung', 'buchhaltung@example.com'], ['Kundendienst Köln', 'kundendienst@example.org'],
  ['Einkauf', 'einkauf@example.net'], ['Operator A', 'operator-a@example.com'], ['Support, Level 2', 'support@example.org'],
  ['Versand & Lager', 'versand@example.net'], ['株式会社サンプル', 'info@example.jp'], ['Newsletter', 'news@lists.example.com'], ['', 'noreply@example.com'],
]; // prettier-ignore

const FILES = [
  'Angebot.pdf', 'Übersicht Größen.xlsx', 'Rechnung 2024-1177.pdf', 'Prüfbericht „Halle 3“ – endgültig, vom Kunden gegengezeichnet.docx', 'scan0001.tif',
  'photo.jpg', 'archive.zip', '見積書.pdf', 'Protokoll.docx', 'export;semicolon, comma.csv', 'no extension', 'Отчёт.xls', 'meeting 📎.pptx', 'drawing.dwg',
]; // prettier-ignore

export interface Sender {
  readonly name: string;
  readonly address: string;
}

export function pickSubject(random: Random): string {
  return random.chance(0.3) ? `${random.pick(SUBJECTS)} (${random.whole(100, 9999)})` : random.pick(SUBJECTS);
}

export function pickSender(random: Random): Sender {
  const [name, address] = random.pick(SENDERS);
  return { name, address };
}

export function pickFileName(random: Random): string {
  return random.pick(FILES);
}

/** A letter of about this many bytes of UTF-8, in lines with CRLF. */
export function writeLetter(random: Random, bytes: number): string {
  const lines = ['Guten Tag,', ''];
  for (let length = 0; length < bytes;) {
    const line = `${random.pick(SENTENCES)} ${random.pick(SENTENCES)}`;
    lines.push(line);
    if (random.chance(0.25)) lines.push('');
    length += line.length + 4;
  }
  return [...lines, '', '-- ', 'Zentrale · contoso.example', ''].join('\r\n');
}

/** The same letter as a page. */
export function letterAsHtml(letter: string, image?: string): string {
  const escaped = letter.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r\n', '<br>\r\n');
  const picture = image === undefined ? '' : `<p><img src="cid:${image}" alt="Logo" width="16"></p>\r\n`;
  return `<!DOCTYPE html>\r\n<html><head><meta charset="utf-8"></head><body>\r\n<p>${escaped}</p>\r\n${picture}</body></html>\r\n`;
}
