import { readTemplate } from './read-template.ts';
import { GERMAN_PHRASES } from './de-phrases.ts';
import { germanUsage } from './de-usage.ts';
import { DE_STATES } from './de-states.ts';

/**
 * Pieces of sentences the engine and its edges write into failures, notes and answers; `{1}`, `{2}` are what the code puts
 * in, in that order. What foreign servers say is not among them: it stays as it was said. A test finds what is missing.
 */
const FRAGMENTS: Readonly<Record<string, string>> = {
  // -- what a command takes ---------------------------------------------------------------------------------------
  '"{1}" needs {2}. Usage: {3}': '„{1}“: es fehlt {2}. So geht es: {3}',
  '"{1}" is not {2}. Usage: {3}': '„{1}“ passt nicht. Erwartet wird: {2}. So geht es: {3}',
  '"{1}=" is given twice. Usage: {2}': '„{1}=“ steht zweimal da. So geht es: {2}',
  '"{1}" does not know what to do with "{2}". Usage: {3}': '„{1}“ kann mit „{2}“ nichts anfangen. So geht es: {3}',
  'the name of a batch': 'der Name eines Batches',
  'the name of an endpoint': 'der Name eines Endpunkts',
  'the address of a user': 'die Adresse eines Benutzers',
  'the name of a batch or the address of a user': 'der Name eines Batches oder die Adresse eines Benutzers',
  'high, normal or low': 'high, normal oder low',
  'a time such as 2026-12-05T20:00, or with Z or +01:00 behind':
    'eine Zeit wie 2026-12-05T20:00, auch mit Z oder +01:00 dahinter',
  'endpoint=<name>': 'endpoint=<Name>',
  'a time span such as 24h or 30m, at least 5m, or live': 'eine Zeitspanne wie 24h oder 30m, mindestens 5m, oder live',
  'copy or skip': 'copy oder skip',
  'folder names separated by commas': 'Ordnernamen, durch Kommas getrennt',
  'skip, or stub for a small message with the headers in its place':
    'skip, oder stub für eine kleine Nachricht mit den Kopfzeilen an ihrer Stelle',
  'keyword=Category pairs separated by commas; a keyword without a category is left out':
    'Paare Schlüsselwort=Kategorie, durch Kommas getrennt; ohne Kategorie bleibt ein Schlüsselwort weg',
  'a day such as 2020-01-31': 'ein Tag wie 2020-01-31',
  'a day such as 2024-12-31': 'ein Tag wie 2024-12-31',
  'a size such as 25MB': 'eine Größe wie 25MB',
  'the days of mail that come first for everybody, such as 30d, or off':
    'wie viele Tage an Mail bei allen zuerst kommen, etwa 30d, oder off',
  'a day such as 2026-12-05, with a time behind it or not, or off':
    'ein Tag wie 2026-12-05, mit oder ohne Uhrzeit dahinter, oder off',
  'a command': 'ein Befehl',
  'a step of the cutover, such as mx-switched': 'ein Schritt der Umstellung, etwa mx-switched',
  'a reason, in your words': 'ein Grund, in Ihren Worten',
  'domain= and a domain such as example.com, or several with commas':
    'domain= und eine Domäne wie example.com, oder mehrere mit Kommas',
  'settle= and a time such as 72h': 'settle= und eine Zeit wie 72h',
  'host=<name of the server>': 'host=<Name des Servers>',
  'a port from 1 to 65535': 'ein Port von 1 bis 65535',
  'tls, starttls or none': 'tls, starttls oder none',
  'plain, login or xoauth2': 'plain, login oder xoauth2',
  'a login template with the word user in it, such as user*master, or authzid:admin':
    'eine Anmeldung, in der das Wort user steht, etwa user*master, oder authzid:admin',
  'a number from 1 to 300': 'eine Zahl von 1 bis 300',
  'the https address of a token endpoint': 'die https-Adresse eines Token-Endpunkts',
  'the id of Bellhop at the token endpoint': 'die ID von Bellhop am Token-Endpunkt',
  'what a token is asked for': 'wofür ein Token erbeten wird',
  'client or refresh': 'client oder refresh',
  'the 16 digits of a check, as its card shows them': 'die 16 Stellen einer Prüfung, wie ihre Karte sie zeigt',
  'sync=yes or sync=no': 'sync=yes oder sync=no',
  'the id of an approval, such as 7F3A9C': 'die Nummer einer Genehmigung, etwa 7F3A9C',
  '"here" or nothing': '„here“ oder nichts',
  'a time of day such as 08:00, or off': 'eine Uhrzeit wie 08:00, oder off',
  'days such as mon-fri': 'Tage wie mon-fri',
  'a time zone such as Europe/Berlin': 'eine Zeitzone wie Europe/Berlin',
  // -- why a command is refused -----------------------------------------------------------------------------------
  'There is no {1} in {2}.': 'In {2} gibt es {1} nicht.',
  'since= must not lie behind until=.': 'since= darf nicht hinter until= liegen.',
  'start= must lie in the future.': 'start= muss in der Zukunft liegen.',
  'complete= must lie in the future, behind start=.': 'complete= muss in der Zukunft liegen, hinter start=.',
  'The day of a cutover must lie in the future.': 'Der Tag einer Umstellung muss in der Zukunft liegen.',
  'host= takes a host name such as imap.example.com; the port goes into port=, or behind it with a colon.':
    'host= nimmt einen Hostnamen wie imap.example.com; der Port gehört in port= oder mit Doppelpunkt dahinter.',
  'host= has "{1}" behind the colon: a port is a number from 1 to 65535.':
    'host= hat „{1}“ hinter dem Doppelpunkt: ein Port ist eine Zahl von 1 bis 65535.',
  'host= says port {1} and port= says {2}: leave one of them out.':
    'host= nennt Port {1}, port= nennt {2}: lassen Sie eines davon weg.',
  'client=, scope= and grant= belong to token=, the address of the token endpoint.':
    'client=, scope= und grant= gehören zu token=, der Adresse des Token-Endpunkts.',
  'token= goes with login=xoauth2.': 'token= geht nur mit login=xoauth2.',
  'token= needs client=, the id of Bellhop at the token endpoint.':
    'token= braucht client=, die ID von Bellhop am Token-Endpunkt.',
  'The batch "{1}" uses the endpoint "{2}".': 'Der Batch „{1}“ benutzt den Endpunkt „{2}“.',
  'There is no batch "{1}" yet: say where its users are with endpoint=<name>, and it is created.':
    'Den Batch „{1}“ gibt es noch nicht: sagen Sie mit endpoint=<Name>, wo seine Benutzer sind, und er entsteht.',
  'it has no finished check': 'er hat keine fertige Prüfung',
  'its latest check found something else': 'seine letzte Prüfung fand etwas anderes',
  'its users, their logins or its settings changed since':
    'seine Benutzer, ihre Anmeldungen oder seine Einstellungen haben sich seither geändert',
  'gone ahead with': 'Freigabe',
  confirmed: 'Bestätigung',
  waived: 'Verzicht',
  nothing: 'nichts',
  'a look': 'eine Prüfung',
  // -- what a step of a cutover lacks --------------------------------------------------------------------------------
  'the domain verified in the tenant': 'die Domäne, im Mandanten bestätigt',
  'every user synced': 'jeder Benutzer synchronisiert',
  'nobody left in another batch': 'niemand mehr in einem anderen Batch',
  'every user synced once more': 'jeder Benutzer noch einmal synchronisiert',
  'a last sync that found nothing': 'ein letzter Abgleich, der nichts mehr fand',
  'a comparison without differences': 'ein Vergleich ohne Unterschiede',
  'every user completed': 'jeder Benutzer abgeschlossen',
  'no password kept': 'kein Passwort mehr da',
  'a look for late mail': 'eine Suche nach später Post',
  'an old server that does not answer any more': 'ein alter Server, der nicht mehr antwortet',
  'a short TTL of the MX': 'eine kurze TTL des MX',
  'the end of the old TTL': 'das Ende der alten TTL',
  'an MX that leads to the target': 'ein MX, der zum Ziel führt',
  'an address of the host the MX has to lead to': 'eine Adresse des Hosts, zu dem der MX führen muss',
  'the old MX gone': 'der alte MX verschwunden',
  'the end of the TTL and of the time to settle': 'das Ende von TTL und Nachlauf',
  // -- the source -------------------------------------------------------------------------------------------------
  'opening a folder': 'beim Öffnen eines Ordners',
  'listing folders': 'beim Auflisten der Ordner',
  'ending IDLE': 'beim Beenden von IDLE',
  'asking what changed': 'bei der Frage nach Änderungen',
  'reading headers': 'beim Lesen der Kopfzeilen',
  'reading subjects': 'beim Lesen der Betreffzeilen',
  'reading sizes and flags': 'beim Lesen der Größen und Markierungen',
  'reading messages': 'beim Lesen der Nachrichten',
  'reading a large message': 'beim Lesen einer großen Nachricht',
  searching: 'beim Suchen',
  'looking for UserRoot': 'bei der Suche nach UserRoot',
  'looking at UserRoot': 'beim Ansehen von UserRoot',
  'SEARCH was not answered': 'SEARCH blieb ohne Antwort',
  'a folder was replaced while it was read': 'ein Ordner wurde ersetzt, während er gelesen wurde',
  refused: 'abgelehnt',
  'the server did not answer': 'der Server hat nicht geantwortet',
  'the server hangs up at this message': 'der Server trennt bei dieser Nachricht die Verbindung',
  'the server answers nothing': 'der Server antwortet nichts',
  'the server refuses it: {1}': 'der Server lehnt sie ab: {1}',
  'the server delivers {1} of {2} bytes': 'der Server liefert {1} von {2} Bytes',
  'the server closed the connection': 'der Server hat die Verbindung geschlossen',
  'the connection was refused': 'die Verbindung wurde abgelehnt',
  'the DNS does not answer': 'das DNS antwortet nicht',
  'there is no way to the host': 'es gibt keinen Weg zum Rechner',
  'the server sent no greeting': 'der Server hat sich nicht gemeldet',
  'there is no way to the network': 'es gibt keinen Weg zum Netz',
  'the name has no address': 'der Name hat keine Adresse',
  'the name is not in the DNS': 'der Name steht nicht im DNS',
  'no STARTTLS': 'kein STARTTLS',
  'too much': 'zu viel',
  'authentication failed': 'Anmeldung fehlgeschlagen',
  'a connection without a sign-in': 'eine Verbindung ohne Anmeldung',
  'the server': 'der Server',
  'the login {1}': 'die Anmeldung {1}',
  // -- tokens -----------------------------------------------------------------------------------------------------
  'the file of BELLHOP_OAUTH_FILE cannot be read': 'die Datei von BELLHOP_OAUTH_FILE ist nicht lesbar',
  'the file of BELLHOP_OAUTH_FILE has no secret for this client':
    'die Datei von BELLHOP_OAUTH_FILE hat kein Geheimnis für diesen Client',
  'no secret': 'kein Geheimnis',
  'no token in the answer': 'in der Antwort ist kein Token',
  'the answer is too long': 'die Antwort ist zu lang',
  'the answer broke off': 'die Antwort brach ab',
  'no answer in time': 'keine Antwort in der Zeit',
  'the connection failed': 'die Verbindung kam nicht zustande',
  // -- the target -------------------------------------------------------------------------------------------------
  'Entra does not answer': 'Entra antwortet nicht',
  'no token': 'kein Token',
  'the administrator has not consented': 'der Administrator hat nicht zugestimmt',
  'the app is not known in this tenant': 'die App ist in diesem Mandanten nicht bekannt',
  'the client secret is wrong': 'das Geheimnis ist falsch',
  'the client secret has expired': 'das Geheimnis ist abgelaufen',
  'there is no such tenant': 'diesen Mandanten gibt es nicht',
  'an item keeps changing while it is changed': 'ein Element ändert sich immer wieder, während es geändert wird',
  'an item keeps changing while it is moved': 'ein Element ändert sich immer wieder, während es verschoben wird',
  'requests stay without an answer': 'Anfragen bleiben ohne Antwort',
  'a folder was not created': 'ein Ordner wurde nicht angelegt',
  'a list has a broken link': 'eine Liste hat einen fehlerhaften Verweis',
  'the upload does not end': 'das Hochladen endet nicht',
  'a list does not end': 'eine Liste endet nicht',
  'the answer was cut': 'die Antwort war abgeschnitten',
  'no answer in the batch': 'keine Antwort im Stapel',
  "{1}: the mailbox' table of named properties is full, so items cannot be marked":
    '{1}: die Tabelle benannter Eigenschaften des Postfachs ist voll, Elemente lassen sich nicht kennzeichnen',
  'it cannot be parsed ({1})': 'sie ist nicht lesbar ({1})',
  '{1} without an item': '{1} ohne Element',
  'attachments are missing: {1}': 'Anhänge fehlen: {1}',
  'appended, but not yet found': 'angehängt, aber noch nicht gefunden',
  'appended, not linked: {1}': 'angehängt, nicht verknüpft: {1}',
  '{1} bytes': '{1} Bytes',
  'copied without the append lane: {1}': 'ohne die Append-Spur kopiert: {1}',
  'its folder is not shown by IMAP': 'IMAP zeigt ihren Ordner nicht',
  'the append lane is not available ({1})': 'die Append-Spur ist nicht verfügbar ({1})',
  'the append lane refused it ({1})': 'die Append-Spur hat sie abgelehnt ({1})',
  'it is empty': 'sie ist leer',
  'it contains NUL': 'sie enthält NUL',
  'its headers are not ASCII': 'ihre Kopfzeilen sind nicht ASCII',
  'it has very long lines': 'sie hat sehr lange Zeilen',
  'it has bare line feeds': 'sie hat einzelne Zeilenvorschübe',
  'to be brought again, as asked': 'wird wie gewünscht noch einmal geholt',
  'confirmed by the target, but not found there': 'vom Ziel bestätigt, aber dort nicht gefunden',
  // -- a probe ----------------------------------------------------------------------------------------------------
  'no usable address': 'keine brauchbare Adresse',
  'it took too long': 'es dauerte zu lange',
  'it spoke before the connection was encrypted': 'er sprach, bevor die Verbindung verschlüsselt war',
  'this is no reply of a mail server': 'das ist keine Antwort eines Mailservers',
  'the connection was closed': 'die Verbindung wurde geschlossen',
  // -- what Bellhop stands on -------------------------------------------------------------------------------------
  'a job is damaged': 'ein Auftrag ist beschädigt',
  'a stored value is damaged': 'ein gespeicherter Wert ist beschädigt',
  'it takes a second to answer': 'es braucht eine Sekunde für eine Antwort',
  'written by a newer Bellhop (schema {1})': 'von einem neueren Bellhop geschrieben (Schema {1})',
  'unknown state {1}': 'unbekannter Zustand {1}',
  'database is locked': 'die Datenbank ist gesperrt',
  'a report cannot be written: {1}': 'ein Bericht lässt sich nicht schreiben: {1}',
  'a record cannot be written': 'eine Akte lässt sich nicht schreiben',
  'the key that signs records cannot be read': 'der Schlüssel, der Akten unterschreibt, ist nicht lesbar',
  'the audit files: {1}': 'die Dateien der Prüfkette: {1}',
  'entry {1}: {2}': 'Eintrag {1}: {2}',
  'it is number {1} of {2}, not {3}: {4}': 'er ist Nummer {1} von {2}, nicht {3}: {4}',
  '{1} before it are missing or withheld': '{1} vor ihm fehlen oder sind zurückgehalten',
  'it is there twice': 'er ist zweimal da',
  'it is not in the order of the event log': 'er steht nicht in der Reihenfolge des Ereignisprotokolls',
  'its number was there before; {1} was to come': 'seine Nummer war schon da; {1} war an der Reihe',
  'it does not follow entry {1}: another one was before it':
    'er folgt nicht auf Eintrag {1}: ein anderer stand vor ihm',
  'it is not an entry in canonical JSON': 'er ist kein Eintrag in kanonischem JSON',
  'it is not what its hash says': 'er ist nicht, was sein Hash sagt',
  'what it says is withheld': 'was er sagt, ist zurückgehalten',
  'entry {1} before it is missing': 'Eintrag {1} vor ihm fehlt',
  'entries {1} to {2} before it are missing': 'die Einträge {1} bis {2} vor ihm fehlen',
  'its end is not entry {1}': 'ihr Ende ist nicht der Eintrag {1}',
  'entry {1} is another one than in {2} and its files': 'Eintrag {1} ist ein anderer als in {2} und seinen Dateien',
  'it ends before entry {1}, which is in the files': 'sie endet vor Eintrag {1}, der in den Dateien steht',
  'it ends before entry {1}, which was signed': 'sie endet vor Eintrag {1}, der unterschrieben wurde',
  'the file became shorter': 'die Datei wurde kürzer',
  'no connection': 'keine Verbindung',
  'Postgres {1}': 'Postgres: {1}',
  'Postgres is a standby that only reads': 'Postgres ist ein Standby und nur lesbar',
  'refuses this user or host': 'lehnt diesen Benutzer oder Host ab',
  'refuses the password': 'lehnt das Passwort ab',
  'has no such database': 'hat diese Datenbank nicht',
  'lets this user not make or use the tables': 'lässt diesen Benutzer die Tabellen nicht anlegen oder benutzen',
  'only reads': 'ist nur lesbar',
  'has no space left on its disk': 'hat keinen Platz mehr auf der Platte',
  'has no connection left (max_connections)': 'hat keine Verbindung mehr frei (max_connections)',
  'waited too long for another worker': 'wartete zu lange auf einen anderen Worker',
  'ended a statement that took too long': 'beendete eine Anweisung, die zu lange dauerte',
  'was shut down': 'wurde beendet',
  'is starting or stopping': 'startet oder endet gerade',
  'does not answer': 'antwortet nicht',
  'cannot be used': 'lässt sich nicht benutzen',
  'failed ({1})': 'schlug fehl ({1})',
  // -- a CSV ------------------------------------------------------------------------------------------------------
  'an Excel file': 'eine Excel-Datei',
  'an HTML page': 'eine HTML-Seite',
  ' (it is empty)': ' (sie ist leer)',
};

const ACTIONS: Readonly<Record<string, string>> = {
  Start: 'Starten',
  Stop: 'Anhalten',
  Resume: 'Fortsetzen',
  SyncNow: 'Synchronisieren',
  Complete: 'Abschließen',
  Remove: 'Entfernen',
};

/** Places of failures that hold words of the engine, with what means something else elsewhere. Names people gave stay theirs. */
const PLACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  detail: {},
  who: {},
  missing: {},
  role: {
    viewer: 'Leser (viewer)',
    operator: 'Bediener (operator)',
    approver: 'Genehmiger (approver)',
    'break-glass': 'Notfall (break-glass)',
  },
  status: DE_STATES,
  state: {
    open: 'offen',
    approved: 'genehmigt und wird ausgeführt',
    done: 'genehmigt und getan',
    rejected: 'abgelehnt',
    expired: 'abgelaufen',
    void: 'hinfällig',
  },
  action: ACTIONS,
  allowed: ACTIONS,
};

// Maps: what a server says may be called like a property of every object.
const KNOWN = new Map([...Object.entries(FRAGMENTS), ...Object.entries(GERMAN_PHRASES)]);
const WORDS_OF = new Map(Object.entries(PLACES).map(([place, words]) => [place, new Map(Object.entries(words))]));
const TEMPLATES = Object.entries(FRAGMENTS).filter(([english]) => english.includes('{1}'));

/** What the engine wrote, in German; what is not known, such as the words of a foreign server, stays as it is. */
export function germanFragment(text: string): string {
  const known = KNOWN.get(text);
  if (known !== undefined) return known;
  for (const [english, german] of TEMPLATES) {
    const values = readTemplate(english, text);
    if (values['1'] === undefined) continue;
    // What stands in quotes are somebody's words.
    const inGerman = (name: string): string =>
      english.includes(`"{${name}`)
        ? (values[name] ?? '')
        : english.includes(`Usage: {${name}}`)
          ? germanUsage(values[name] ?? '')
          : germanFragment(values[name] ?? '');
    return german.replaceAll(/\{(\d)\}/g, (_whole, name: string) => inGerman(name));
  }
  // "reading messages (ECONNRESET)", "AADSTS90002 (there is no such tenant)", "a record cannot be written: ENOSPC"
  const [, head = '', between = '', rest = '', end = ''] = /^(.+?)( \(|: )([^()]*)(\)?)$/.exec(text) ?? [];
  const inGerman = KNOWN.get(head) ?? (KNOWN.has(rest) ? head : undefined);
  return inGerman === undefined ? text : `${inGerman}${between}${KNOWN.get(rest) ?? rest}${end}`;
}

/** What fills a place of a failure, in German. */
export function germanValue(place: string, value: string): string {
  if (place === 'size' || place === 'limit') return inGermanFigures(value);
  const words = WORDS_OF.get(place);
  if (words === undefined) return value;
  const whole = words.get(value);
  if (whole !== undefined) return whole;
  const list = place === 'allowed' ? ', ' : place === 'missing' ? '; ' : undefined;
  const parts = list === undefined ? [value] : value.split(list);
  return parts.map((part) => words.get(part) ?? germanFragment(part)).join(list);
}

// "157,286,400" and "157.3 MB" as German has them.
function inGermanFigures(text: string): string {
  return text.replaceAll(/(?<=\d)[.,](?=\d)/g, (mark) => (mark === ',' ? '.' : ','));
}

/** Whether there is German for it; for the test. */
export function isFragment(text: string): boolean {
  return KNOWN.has(text);
}
