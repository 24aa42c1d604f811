import { count, plural } from '../format.ts';
import type { EN_UPLOAD } from './en-upload.ts';

const users = (value: number): string => plural(value, 'Benutzer', 'Benutzer', 'de');
const rows = (value: number): string => plural(value, 'Zeile', 'Zeilen', 'de');

export const DE_UPLOAD: typeof EN_UPLOAD = {
  what: 'Upload-Link',
  state: 'Einmal gültig',
  sentence: (minutes) =>
    `Er öffnet eine Seite, die die CSV dieses Batches annimmt. Der Link ist **nur für Sie**: ${minutes} Minuten gültig, für eine Datei.`,
  open: 'Upload-Seite öffnen',
  rules: 'EmailAddress, UserName, Password; höchstens 50.000 Benutzer oder 10 MB. Passwörter gehen nie durch den Chat.',
  fallback: (batch, url) => `Upload-Link für ${batch}, einmal gültig: ${url}`,
  sentState: 'An Sie geschickt',
  sent: 'Der Link steht in Ihrem Chat mit Bellhop: er ist nur für Sie.',
  askThere: 'Dort fragen',
  onlyPrivately: (command) =>
    `Der Link ist für eine Person. Öffnen Sie den Chat mit Bellhop und schreiben Sie dort: **${command}**`,

  page: {
    title: 'Benutzer hinzufügen',
    to: 'zu',
    endpoint: 'Mails kommen von',
    by: 'Link von',
    left: 'Noch gültig',
    drop: 'CSV-Datei hierher ziehen',
    choose: 'Datei auswählen',
    or: 'oder',
    limits: 'CSV · höchstens 50.000 Benutzer · 10 MB',
    columns: 'So sieht die Datei aus',
    columnsHint:
      'Eine Zeile je Benutzer. EmailAddress ist das Postfach in Exchange Online; UserName und Password melden am alten Server an. Zwei weitere Spalten sind möglich: Priority (high, normal oder low) sagt, wer vor anderen des Batches kommt, UserRoot, wo eine gemeinsame Anmeldung die Mails des Benutzers findet. Komma, Semikolon oder Tabulator. Speichern Sie als „CSV UTF-8“.',
    template: 'Leere Datei herunterladen',
    secret:
      'Die Datei geht über diese verschlüsselte Verbindung. Passwörter werden sofort versiegelt und nie wieder angezeigt; die Datei selbst wird nirgends aufbewahrt.',
    uploading: 'Wird hochgeladen',
    reading: 'Jede Zeile wird geprüft',
    tooLarge: 'Diese Datei ist größer als 10 MB. Teilen Sie sie in zwei oder mehr Dateien.',
    failed: 'Die Verbindung ging verloren. Nichts wird doppelt importiert: wählen Sie die Datei noch einmal.',
    row: 'Zeile',
    problem: 'Was nicht stimmt',
    remedy: 'Was zu tun ist',
    file: 'Datei',
    more: 'Mehr anzeigen',
    download: 'Abgelehnte Zeilen herunterladen',
    downloadHint:
      'mit einer ersten Spalte „Problem“ und den Passwörtern, die sie hatten. Berichtigen Sie sie und ziehen Sie diese Datei hierher.',
    warnings: 'Gut zu wissen',
    script: 'Diese Seite braucht JavaScript, um die Datei zu prüfen und zu senden.',
    other: 'English',
  },

  closed: {
    used: 'Dieser Link ist verbraucht',
    expired: 'Dieser Link ist abgelaufen',
    exhausted: 'Dieser Link wurde zu oft versucht',
    unknown: 'Dieser Link gilt nicht',
    hint: 'Ein Link nimmt eine Datei, von der Person, die nach ihm fragte, innerhalb von 30 Minuten. Einen neuen gibt Bellhop auf:',
  },

  answer: {
    done: (value) => (value === 0 ? 'Nichts war zu ändern' : `${users(value)} hinzugefügt`),
    partly: (value, bad) => `${users(value)} hinzugefügt, ${rows(bad)} abgelehnt`,
    refused: 'Kein Benutzer wurde hinzugefügt',
    isDone: 'Sie können diese Seite schließen. Als Nächstes schreiben Sie Bellhop:',
    isQueued: (value) =>
      `Der Batch läuft: ${value === 1 ? 'der neue Benutzer gleicht' : 'neue Benutzer gleichen'} jetzt ab.`,
    isOpen:
      'Der Link bleibt offen: berichtigen Sie, was unten steht, und ziehen Sie die Datei noch einmal hierher. Wer schon dabei ist, kommt nicht doppelt.',
    added: 'Neu',
    updated: 'Geändert',
    unchanged: 'Wie vorher',
    problems: 'Abgelehnt',
    busy: 'Eine andere Datei dieses Links wird gerade gelesen',
    busyHint: 'Warten Sie auf deren Antwort.',
    tooLarge: 'Die Datei ist zu groß',
    tooSlow: 'Die Datei kam zu langsam an',
    again: 'Wählen Sie sie noch einmal.',
    notCsv: 'Das ist keine CSV-Datei',
    tooMany: 'Zu viele Anfragen',
    wait: 'Warten Sie eine Minute, dann noch einmal.',
    foreign: 'Diese Anfrage kam nicht von der Upload-Seite',
    count: (value) => count(value, 'de'),
  },
};
