/** Short phrases the engine writes into views: reasons of scores, notes of checks. A test finds what is missing. */
export const GERMAN_PHRASES: Readonly<Record<string, string>> = {
  skipped: 'übersprungen',
  'on their way': 'unterwegs',
  'not brought over yet': 'noch nicht übertragen',
  'its structure is broken: what can be read is kept, the original attached':
    'der Aufbau ist zerstört: was lesbar ist, ist erhalten, das Original angehängt',
  'failed, tried again at the next sync': 'fehlgeschlagen, beim nächsten Abgleich erneut versucht',
  'folders that cannot be opened: what is in them is not known':
    'Ordner, die sich nicht öffnen lassen: was darin ist, ist nicht bekannt',
  'not accounted for': 'nicht nachgewiesen',
  'messages are larger than the target takes and will be skipped':
    'Nachrichten sind größer, als das Ziel annimmt, und werden übersprungen',
  'messages are left out by date or size': 'Nachrichten bleiben nach Datum oder Größe zurück',
  'folder names have invisible characters or blanks around them':
    'Ordnernamen haben unsichtbare Zeichen oder Leerzeichen am Rand',
  'mailboxes are larger than 50 GB, the quota of many licences':
    'Postfächer sind größer als 50 GB, das Kontingent vieler Lizenzen',
  'mailboxes are larger at the source than their licence allows in the target':
    'Postfächer sind in der Quelle größer, als ihre Lizenz im Ziel erlaubt',
  'users have no licence for Exchange Online: their mailboxes are taken away after 30 days':
    'Benutzer haben keine Lizenz für Exchange Online: ihre Postfächer verschwinden nach 30 Tagen',
  'folder names change to fit Exchange': 'Ordnernamen werden für Exchange angepasst',
  'the endpoint sends passwords in clear text': 'der Endpunkt sendet Passwörter im Klartext',
  'mailboxes take signed mail and invitations as they are (append lane)':
    'Postfächer nehmen signierte Mails und Einladungen unverändert an (Append-Spur)',
  'mailboxes cannot be reached by IMAP: signed mail and invitations lose details (append lane)':
    'Postfächer sind per IMAP nicht erreichbar: signierte Mails und Einladungen verlieren Einzelheiten (Append-Spur)',
  'mailboxes are written without the append lane, which is off: signed mail and invitations lose details':
    'Postfächer werden ohne die Append-Spur beschrieben, sie ist aus: signierte Mails und Einladungen verlieren Einzelheiten',
  'its request for a read receipt is kept under another name, so that none is sent':
    'die Bitte um Lesebestätigung steht unter anderem Namen, damit keine gesendet wird',
  'moved or deleted in the target by its owner': 'im Ziel vom Besitzer verschoben oder gelöscht',
  'the signature can no longer be verified': 'die Signatur ist nicht mehr prüfbar',
  'the encrypted content is kept as an attachment': 'der verschlüsselte Inhalt ist als Anhang erhalten',
  'the invitation is kept as an attachment': 'die Einladung ist als Anhang erhalten',
  'its text is too long for the target: the original is attached':
    'ihr Text ist zu lang für das Ziel: das Original ist angehängt',
  'its long subject is cut, and whole in its headers':
    'ihr langer Betreff ist gekürzt und steht ganz in den Kopfzeilen',
  'its Message-ID is none the target takes, and kept in its headers':
    'ihre Message-ID nimmt das Ziel nicht an, sie steht in den Kopfzeilen',
  'very long headers are cut': 'sehr lange Kopfzeilen sind gekürzt',
  'stored without sender details or headers the target refused':
    'ohne Absenderangaben oder Kopfzeilen gespeichert, die das Ziel ablehnte',
  'an attachment was refused by the target': 'ein Anhang wurde vom Ziel abgelehnt',
  'stored with the original attached, because the target refused its form':
    'mit dem Original als Anhang gespeichert, weil das Ziel die Form ablehnte',
};
