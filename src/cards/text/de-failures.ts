import { FAILURES, type Failure, type FailureCode } from '../../engine/domain/failure.ts';
import { germanFragment, germanValue } from './de-fragments.ts';
import { readTemplate } from './read-template.ts';

interface FailureText {
  readonly title: string;
  readonly message: string;
  readonly remedy: string;
}

/** FAILURES in German; `{name}` is filled with what stands in the English text. A row that is missing here stays English and fails a test. */
export const GERMAN_FAILURES: Readonly<Partial<Record<FailureCode, FailureText>>> = {
  MigrationRecipientNotFoundException: {
    title: 'Kein Postfach im Ziel',
    message: 'Für „{address}“ gibt es im Ziel keinen Empfänger.',
    remedy: 'Legen Sie das Postfach in Exchange Online an oder geben Sie einem die Adresse, dann „sync now {address}“.',
  },
  RecipientAmbiguous: {
    title: 'Mehrere Empfänger haben diese Adresse',
    message: '{count} Empfänger im Ziel tragen „{address}“.',
    remedy: 'Lassen Sie die Adresse bei einem Empfänger, dann „sync now {address}“.',
  },
  MailboxNotUsable: {
    title: 'Der Empfänger hat kein nutzbares Postfach',
    message: 'Das Postfach von „{address}“ ist inaktiv, gelöscht, ohne Lizenz oder lokal ({detail}).',
    remedy: 'Weisen Sie eine Exchange-Online-Lizenz zu, warten Sie auf das Postfach, dann „sync now {address}“.',
  },
  MailboxFull: {
    title: 'Das Zielpostfach ist voll',
    message: 'Exchange Online nimmt für „{address}“ keine Mails mehr an ({detail}).',
    remedy:
      'Erhöhen Sie das Kontingent oder schalten Sie das Archiv ein, dann „sync now {address}“. Nichts wird doppelt kopiert.',
  },
  TargetForbidden: {
    title: 'Bellhop darf dieses Postfach nicht schreiben',
    message: 'Exchange Online antwortete für „{address}“ mit „Zugriff verweigert“ ({detail}).',
    remedy:
      'Nehmen Sie das Postfach in den Verwaltungsbereich der Rolle „Application Mail.ReadWrite“ auf; das dauert bis zu zwei Stunden.',
  },
  TargetSignInFailed: {
    title: 'Anmeldung am Mandanten fehlgeschlagen',
    message: 'Entra hat die App abgelehnt: {detail}.',
    remedy:
      'Prüfen Sie AZURE_TENANT_ID, AZURE_CLIENT_ID, Geheimnis oder Zertifikat und die Zustimmung des Administrators.',
  },
  TargetThrottled: {
    title: 'Exchange Online bittet um Pause',
    message: 'Das Postfach von „{address}“ hat seine Grenze erreicht; weiter um {until}.',
    remedy: 'Nichts zu tun: es geht von selbst weiter.',
  },
  TargetUnavailable: {
    title: 'Exchange Online antwortet nicht',
    message: 'Eine Anfrage an Exchange Online schlug fehl: {detail}.',
    remedy:
      'Nichts zu tun: es wird von selbst erneut versucht. Hält es an, sehen Sie in den Dienststatus von Microsoft 365.',
  },
  TargetChanged: {
    title: 'Das Postfach änderte sich während des Abgleichs',
    message: 'Ein Ordner oder Element, das Exchange Online eben noch zeigte, ist fort oder verändert: {detail}.',
    remedy:
      'Nichts zu tun: es wird von selbst erneut versucht und neu nachgesehen. Hält es an, melden Sie die request id.',
  },
  TargetRefused: {
    title: 'Exchange Online lehnt eine Anfrage ab',
    message: 'Exchange Online lehnt eine Anfrage ab, auf die Bellhop angewiesen ist: {detail}.',
    remedy: '„sync now {address}“; bleibt es, melden Sie die request id.',
  },
  ImapAuthenticationException: {
    title: 'Die Quelle lehnt die Anmeldung ab',
    message: 'Benutzername oder Passwort sind falsch, oder IMAP ist gesperrt. Der Server sagt: {code} {detail}',
    remedy: 'Importieren Sie Benutzername und Passwort neu, dann „sync now {address}“.',
  },
  ImapSignInDelayed: {
    title: 'Die Quelle nimmt gerade keine Anmeldung an',
    message: 'Der IMAP-Server ist beschäftigt oder an einer Grenze: {detail}',
    remedy:
      'Nichts zu tun: Bellhop versucht es erneut. Hält es an, erhöhen Sie die Verbindungsgrenze oder senken initial= des Endpunkts.',
  },
  SourceBusy: {
    title: 'Alle Verbindungen zur Quelle sind belegt',
    message: 'Zu {host} sind so viele Verbindungen offen, wie {who} zulässt.',
    remedy:
      'Nichts zu tun: Der Abgleich beginnt, sobald eine frei ist. „endpoints“ zeigt, was der Server erlaubt; connections= des Endpunkts und die Grenze des Servers bestimmen es.',
  },
  ImapMechanismUnsupported: {
    title: 'Kein gemeinsames Anmeldeverfahren',
    message: 'Der Server bietet nur {detail}; Bellhop spricht PLAIN, LOGIN, XOAUTH2 und OAUTHBEARER.',
    remedy:
      'Erlauben Sie an der Quelle PLAIN oder LOGIN über TLS; bietet der Server XOAUTH2, fügen Sie den Endpunkt mit login=xoauth2 hinzu.',
  },
  ImapTokenRefused: {
    title: 'Die Quelle lehnt das Token ab',
    message: 'Der IMAP-Server nimmt das OAuth-Token für dieses Postfach nicht an ({code}): {detail}',
    remedy:
      'Prüfen Sie scope= des Endpunkts, das IMAP-Recht der App und ihr Recht an diesem Postfach, dann „sync now {address}“.',
  },
  OAuthRefused: {
    title: 'Der Token-Endpunkt gibt kein Token',
    message: '{host} antwortet {code}: {detail}',
    remedy:
      'Prüfen Sie client= und scope= des Endpunkts und sein Geheimnis (docs/logins.md). Gehören die Token den Benutzern, importieren Sie ein neues Refresh-Token. Dann „sync now {address}“.',
  },
  OAuthUnavailable: {
    title: 'Der Token-Endpunkt antwortet nicht',
    message: 'Kein Token von {host} ({detail}).',
    remedy: 'Nichts zu tun: Bellhop versucht es erneut. Hält es an, prüfen Sie token= des Endpunkts und die Firewall.',
  },
  SourceUnreachable: {
    title: 'Der Quellserver ist nicht erreichbar',
    message: 'Keine Verbindung zu {host}:{port} ({detail}).',
    remedy: 'Prüfen Sie Host, Port und Firewall, dann „test endpoint {endpoint}“.',
  },
  SourceCertificateRefused: {
    title: 'Das Zertifikat der Quelle wurde abgelehnt',
    message: 'Dem TLS-Zertifikat von {host}:{port} wird nicht vertraut ({detail}).',
    remedy:
      'Installieren Sie ein gültiges Zertifikat für {host}, oder starten Sie Bellhop mit NODE_EXTRA_CA_CERTS für die eigene CA.',
  },
  SourceTlsUnavailable: {
    title: 'Die Quelle bietet keine Verschlüsselung',
    message: 'Der Server {host}:{port} kann nicht auf TLS wechseln ({detail}).',
    remedy: 'Nehmen Sie security=tls mit Port 993, oder schalten Sie STARTTLS am Server ein.',
  },
  SourceHostForbidden: {
    title: 'Dieser Host darf keine Quelle sein',
    message: '{host} führt zu einer privaten oder reservierten Adresse.',
    remedy: 'Ist das richtig, trägt der Betreiber den Host in BELLHOP_ALLOW_HOSTS ein.',
  },
  SourceConnectionLost: {
    title: 'Die Verbindung zur Quelle brach ab',
    message: 'Die Verbindung zu {host} endete: {detail}.',
    remedy: 'Nichts zu tun: es geht an derselben Stelle weiter.',
  },
  SourceFolderUnavailable: {
    title: 'Ein Ordner lässt sich nicht öffnen',
    message: 'Die Quelle öffnet den Ordner „{folder}“ nicht ({detail}).',
    remedy: 'Prüfen Sie Ordner und Rechte an der Quelle. Die anderen Ordner werden abgeglichen.',
  },
  UserRootMissing: {
    title: 'Den Ordner aus UserRoot gibt es nicht',
    message: 'Die Anmeldung sieht keinen Ordner „{folder}“ (Spalte UserRoot).',
    remedy:
      'Prüfen Sie den Pfad und die Rechte der Anmeldung an der Quelle; importieren Sie das richtige UserRoot, dann „sync now {address}“. Kopiert wurde nichts.',
  },
  SourceProtocolError: {
    title: 'Die Quelle antwortet unerwartet',
    message: 'Der IMAP-Server antwortete etwas, das Bellhop nicht verwenden kann: {detail}.',
    remedy: '„sync now {address}“. Bleibt es, melden Sie Name und Version des Servers.',
  },
  ItemUnreadable: {
    title: 'Die Quelle kann eine Nachricht nicht liefern',
    message: 'Der Server lieferte keinen Inhalt für UID {uid} in „{folder}“ ({detail}).',
    remedy: 'Öffnen Sie die Nachricht an der Quelle; reparieren oder löschen Sie sie dort.',
  },
  ItemTooLarge: {
    title: 'Eine Nachricht ist größer, als das Ziel annimmt',
    message: 'UID {uid} in „{folder}“ hat {size} Bytes; das Ziel nimmt {limit}.',
    remedy: 'Erhöhen Sie MaxReceiveSize des Postfachs, oder sichern Sie die Nachricht anderswo.',
  },
  ItemStandIn: {
    title: 'Eine Nachricht ist größer, als das Ziel annimmt; ein Platzhalter ist dort',
    message:
      'UID {uid} in „{folder}“ hat {size} Bytes; das Ziel nimmt {limit}. Eine kleine Nachricht mit ihren Kopfzeilen steht für sie.',
    remedy:
      'Erhöhen Sie MaxReceiveSize des Postfachs und BELLHOP_MAX_ITEM_SIZE: der nächste Abgleich ersetzt den Platzhalter.',
  },
  ItemRefused: {
    title: 'Das Ziel lehnt eine Nachricht ab',
    message: 'Exchange Online lehnt UID {uid} aus „{folder}“ ab: {detail}.',
    remedy: 'Siehe Grund; die Nachricht bleibt an der Quelle.',
  },
  CredentialMissing: {
    title: 'Kein Passwort gespeichert',
    message: 'Für „{address}“ sind keine Zugangsdaten gespeichert.',
    remedy: 'Importieren Sie die CSV-Zeile erneut: bellhop import <file.csv> batch={batch} endpoint={endpoint}.',
  },
  CredentialUnreadable: {
    title: 'Ein gespeichertes Passwort lässt sich nicht entschlüsseln',
    message: 'Die Zugangsdaten von „{address}“ wurden mit einem anderen Schlüssel versiegelt.',
    remedy: 'Starten Sie Bellhop mit dem früheren BELLHOP_KEY, oder importieren Sie die CSV erneut.',
  },
  RecordDamaged: {
    title: 'Die Prüfkette wurde verändert',
    message: 'Die Prüfkette in Redis ist nicht, was Bellhop geschrieben hat: {detail}.',
    remedy:
      'Vergleichen Sie sie mit den Dateien in audit/ unter BELLHOP_DATA und mit dem letzten Abschlusspaket (bellhop verify-record), und klären Sie, wer in Redis schreiben kann.',
  },
  LedgerUnavailable: {
    title: 'Das Ledger lässt sich nicht schreiben',
    message: 'Bellhop konnte sein Ledger nicht schreiben ({detail}). Ohne es wird nichts gesendet.',
    remedy: 'Prüfen Sie freien Platz und Rechte von BELLHOP_DATA, oder das Postgres von BELLHOP_LEDGER.',
  },
  MailboxTakenOver: {
    title: 'Ein anderer Worker hat dieses Postfach',
    message: 'Ein anderer Worker gleicht „{address}“ ab; dieser hat angehalten.',
    remedy: 'Nichts zu tun.',
  },
  Unexpected: {
    title: 'Etwas Unerwartetes ist passiert',
    message: 'Ein Fehler ohne bekannte Ursache: {detail}.',
    remedy: '„sync now {address}“. Bleibt es, melden Sie die Logzeile mit Code und Zeit.',
  },
  UnknownBatch: {
    title: 'Diesen Batch gibt es nicht',
    message: 'Es gibt keinen Batch „{batch}“.',
    remedy: 'Schreiben Sie „status“, um alle Batches zu sehen.',
  },
  UnknownUser: {
    title: 'Diesen Benutzer gibt es nicht',
    message: 'Kein Batch enthält „{address}“.',
    remedy: 'Prüfen Sie die Adresse, oder importieren Sie eine CSV, die sie enthält.',
  },
  UnknownEndpoint: {
    title: 'Diesen Endpunkt gibt es nicht',
    message: 'Es gibt keinen Endpunkt „{endpoint}“.',
    remedy: 'Schreiben Sie „endpoints“, oder „add endpoint {endpoint} host=...“.',
  },
  BatchNameTaken: {
    title: 'Den Batch gibt es schon',
    message: 'Den Batch „{batch}“ gibt es schon.',
    remedy: 'Wählen Sie einen anderen Namen, oder importieren Sie in den vorhandenen Batch.',
  },
  EndpointInUse: {
    title: 'Der Endpunkt wird benutzt',
    message: 'Den Endpunkt „{endpoint}“ benutzen: {batches}.',
    remedy: 'Entfernen Sie zuerst diese Batches („remove batch <Name>“); ihre Mails bleiben im Ziel.',
  },
  EndpointNameTaken: {
    title: 'Den Endpunkt gibt es schon',
    message: 'Den Endpunkt „{endpoint}“ gibt es schon mit anderen Einstellungen.',
    remedy: 'Wählen Sie einen anderen Namen.',
  },
  InvalidName: {
    title: 'Das ist kein gültiger Name',
    message: '„{name}“ ist kein gültiger Name.',
    remedy: 'Erlaubt sind Buchstaben, Ziffern, „.“, „-“ und „_“, höchstens 64 Zeichen, vorn Buchstabe oder Ziffer.',
  },
  UserDuplicateInOtherBatchException: {
    title: 'Der Benutzer ist in einem anderen Batch',
    message: '„{address}“ ist schon im Batch „{batch}“.',
    remedy: 'Lassen Sie den Benutzer nur in einem Batch.',
  },
  ActionNotPossible: {
    title: 'Das geht jetzt nicht',
    message: '„{action}“ geht nicht: {name} hat den Stand „{status}“.',
    remedy: 'Jetzt möglich: {allowed}.',
  },
  BatchEmpty: {
    title: 'Der Batch hat keine Benutzer',
    message: 'Der Batch „{batch}“ hat noch keine Benutzer.',
    remedy:
      'Schreiben Sie „add users {batch}“, oder importieren Sie sie auf dem Server: bellhop import <file.csv> batch={batch} endpoint={endpoint}.',
  },
  NotAllowed: {
    title: 'Das dürfen Sie nicht',
    message: 'Das braucht die Rolle „{role}“.',
    remedy: 'Bitten Sie den Betreiber von Bellhop, Sie in die richtige Gruppe aufzunehmen.',
  },
  ApprovalNeedsPerson: {
    title: 'Genehmigungen kommen von bekannten Personen',
    message: '„{command}“ ist eine Genehmigung, und ein Terminal weiß nicht, wer davor sitzt.',
    remedy: 'Schreiben Sie es Bellhop in Teams, als jemand mit der Rolle „approver“.',
  },
  NothingToVerify: {
    title: 'Noch nichts zu vergleichen',
    message: '„{name}“ wurde noch nie abgeglichen: im Ziel ist nichts, was man vergleichen könnte.',
    remedy: 'Führen Sie zuerst „sync now {name}“ aus.',
  },
  UnknownApproval: {
    title: 'Diese Genehmigung gibt es nicht',
    message: 'Es gibt keine Genehmigung „{id}“.',
    remedy: 'Schreiben Sie „approvals“, um die offenen zu sehen.',
  },
  ApprovalOwn: {
    title: 'Niemand genehmigt sich selbst',
    message: '„{id}“ haben Sie selbst verlangt: entscheiden muss jemand anders.',
    remedy: 'Bitten Sie jemand anderen mit der Rolle „approver“.',
  },
  ApprovalTwice: {
    title: 'Sie haben schon entschieden',
    message: 'Über „{id}“ haben Sie schon entschieden; es muss noch jemand zustimmen.',
    remedy: 'Warten Sie auf die andere Person.',
  },
  ApprovalOver: {
    title: 'Es ist entschieden',
    message: '„{id}“ ist {state}; jetzt wurde nichts getan.',
    remedy: 'Verlangen Sie es erneut, wenn es noch gewünscht ist.',
  },
  ProbesNotSetUp: {
    title: 'Testmails sind nicht eingerichtet',
    message: 'Niemand hat gesagt, von wem Testmails kommen.',
    remedy: 'Setzen Sie BELLHOP_PROBE_FROM auf eine eigene Adresse und lassen Sie den Worker Port 25 erreichen.',
  },
  BreakGlassSpent: {
    title: 'Zu oft die Scheibe eingeschlagen',
    message: 'Der Notfall wurde am letzten Tag {count}-mal ausgerufen; jetzt wurde nichts getan.',
    remedy:
      'Fragen Sie eine genehmigende Person. Ist niemand erreichbar, benennt der Betreiber von Bellhop weitere in BELLHOP_APPROVERS.',
  },
  OnlyInChat: {
    title: 'Das gehört in eine Unterhaltung',
    message: '„{command}“ betrifft eine Unterhaltung in Teams.',
    remedy: 'Schreiben Sie es dort, wo die Nachrichten ankommen sollen: in einen Kanal oder an Bellhop selbst.',
  },
  UsersInChat: {
    title: 'Benutzerlisten gehören nicht in den Chat',
    message:
      'Bellhop nimmt hier weder Dateien noch Zeilen einer CSV: was in Teams gesendet wird, bleibt dort, in OneDrive und in Sicherungen, samt Passwörtern. Es wurde nicht geöffnet, verarbeitet oder gespeichert.',
    remedy:
      'Löschen Sie die Nachricht und ändern Sie die Passwörter darin. Schreiben Sie dann „add users <Batch> endpoint=<Name>“: das antwortet mit einem privaten Link zu einer Seite, die die Datei annimmt.',
  },
  PasswordInChat: {
    title: 'Passwörter gehören nicht in den Chat',
    message:
      'Die Nachricht sieht aus, als enthielte sie ein Passwort. Sie wurde nicht verarbeitet und nicht gespeichert.',
    remedy:
      'Löschen Sie die Nachricht und ändern Sie das Passwort. Passwörter kommen mit der CSV: „add users <Batch>“ antwortet mit einem privaten Link.',
  },
  UsageError: {
    title: 'Der Befehl ist nicht vollständig',
    message: '{detail}',
    remedy: 'Schreiben Sie „help {command}“ für Beispiele.',
  },
  UnknownForm: {
    title: 'Dieses Formular gibt es nicht',
    message: 'Diese Schaltfläche öffnet ein Formular, das diese Version von Bellhop nicht hat.',
    remedy: '„help“ zeigt alle Befehle; jedes Formular geht auch in Worten.',
  },
  FileOfferGone: {
    title: 'Diese Datei wird nicht mehr angeboten',
    message:
      'Ein Angebot gilt der Person, die gefragt hat, einmal, eine Stunde lang, für die Datei, wie sie geschrieben wurde.',
    remedy: 'Schreiben Sie den Befehl erneut in Ihrem eigenen Chat mit Bellhop.',
  },
  FileNotTaken: {
    title: 'OneDrive nahm die Datei nicht an',
    message: '{file} kam nicht in Ihr OneDrive: {detail}.',
    remedy: 'Schreiben Sie den Befehl erneut in Ihrem eigenen Chat mit Bellhop. Die Datei selbst liegt auf dem Server.',
  },
  FormValueTooLong: {
    title: 'Ein Wert ist zu lang',
    message: '„{field}“ nimmt höchstens {longest} Zeichen.',
    remedy: 'Kürzen Sie ihn und senden Sie das Formular erneut.',
  },
  FormValueQuoted: {
    title: 'Ein Wert hat zu viele Arten von Anführungszeichen',
    message: '„{field}“ enthält jede Art von Anführungszeichen, die Bellhop kennt.',
    remedy: 'Nehmen Sie einige heraus und senden Sie das Formular erneut.',
  },
  UnknownCommand: {
    title: 'Diesen Befehl kenne ich nicht',
    message: 'Es gibt keinen Befehl „{text}“.',
    remedy: 'Meinten Sie „{nearest}“? „help“ zeigt alle Befehle.',
  },
  CsvUnusable: {
    title: 'Die CSV-Datei ist nicht verwendbar',
    message: '{detail}',
    remedy: 'Berichtigen Sie die Datei und importieren Sie sie erneut. Nichts wurde gespeichert.',
  },
  CheckOutdated: {
    title: 'Der Batch ist nicht der geprüfte',
    message: 'Der Batch „{batch}“ wurde nicht gestartet, er hat sich seit der Prüfung geändert ({detail}).',
    remedy:
      'Schreiben Sie „check batch {batch}“ und sehen Sie, was gefunden wird; ohne check= startet der Batch, wie er ist.',
  },
  UploadsNotSetUp: {
    title: 'Die Upload-Seite ist nicht eingerichtet',
    message: 'Bellhop weiß nicht, unter welcher Adresse seine Seiten erreichbar sind.',
    remedy:
      'Setzen Sie BELLHOP_PUBLIC_URL auf die https-Adresse des Bots, etwa https://bellhop.example.com, und starten Sie neu; oder importieren Sie auf dem Server: bellhop import <file.csv> batch=... endpoint=...',
  },
  TryAgain: {
    title: 'Jemand anderes hat das gerade geändert',
    message: 'Der Stand änderte sich, während der Befehl lief.',
    remedy: 'Senden Sie den Befehl erneut.',
  },
  CutoverUnknown: {
    title: 'Dieser Batch hat keine Umstellung',
    message: 'Für den Batch „{batch}“ wurde keine Umstellung begonnen.',
    remedy: 'Schreiben Sie „start cutover {batch}“.',
  },
  CutoverRunning: {
    title: 'Die Umstellung läuft schon',
    message: 'Der Batch „{batch}“ hat bereits eine Umstellung.',
    remedy: '„cutover {batch}“ zeigt, wo sie steht; „cancel cutover {batch} <Grund>“ macht einen neuen Anfang möglich.',
  },
  CutoverDomain: {
    title: 'Es ist nicht klar, welche Domäne',
    message: 'Eine Umstellung gilt einer Domäne. Die Benutzer von „{batch}“ haben: {domains}.',
    remedy: 'Schreiben Sie „start cutover {batch} domain=<eine davon>“.',
  },
  CutoverNotAtStep: {
    title: 'Die Umstellung ist nicht bei diesem Schritt',
    message: 'Die Umstellung von „{batch}“ ist bei „{step}“, nicht bei „{asked}“. Kein Schritt wird ausgelassen.',
    remedy: '„cutover {batch}“ zeigt, was als Nächstes kommt.',
  },
  CutoverNotProven: {
    title: 'Der Nachweis fehlt',
    message: 'Dem Schritt „{step}“ von „{batch}“ fehlt: {missing}.',
    remedy: '„cutover {batch}“ zeigt, was gefunden wurde. Es wird von selbst wieder nachgesehen.',
  },
  CutoverPaused: {
    title: 'Die Umstellung ruht',
    message: 'Jemand hat die Umstellung von „{batch}“ angehalten.',
    remedy: 'Schreiben Sie „continue cutover {batch}“.',
  },
  CutoverNotPossible: {
    title: 'Dieser Schritt lässt das nicht zu',
    message: 'Der Schritt „{step}“ von „{batch}“ erlaubt das nicht ({action}).',
    remedy: '„cutover {batch}“ zeigt, was möglich ist.',
  },
  CutoverNoWayBack: {
    title: 'Von hier führt kein Weg zurück',
    message:
      'Post der Domäne geht schon an Exchange Online („{batch}“ ist bei „{step}“), oder dies ist der erste Schritt.',
    remedy:
      'Um wieder am alten Server zu empfangen, stellen Sie den MX im DNS zurück. Was in Exchange Online ankam, bleibt dort.',
  },
  DomainNotReadable: {
    title: 'Bellhop darf die Domänen des Mandanten nicht lesen',
    message: 'Exchange Online sagt nicht, was es für „{domain}“ erwartet.',
    remedy:
      'Erteilen Sie der App, die die Mails schreibt, in Entra Domain.Read.All (Anwendung). Die Umstellung geht dann von selbst weiter.',
  },
  CutoverFirst: {
    title: 'Eine Umstellung dieses Batches läuft',
    message:
      'Die Umstellung von „{batch}“ ist bei „{step}“; abgeschlossen wird der Batch bei ihrem Schritt „complete“.',
    remedy:
      '„cutover {batch}“ zeigt, was als Nächstes kommt; „cancel cutover {batch} <Grund>“ bricht ab, solange das möglich ist.',
  },
  CutoverUnchecked: {
    title: 'Der Nachweis ließ sich nicht rechtzeitig prüfen',
    message: 'Kein Worker hat die Umstellung von „{batch}“ rechtzeitig geprüft.',
    remedy: 'Prüfen Sie mit „doctor“, ob ein Worker läuft, und versuchen Sie es noch einmal. Geändert wurde nichts.',
  },
  SecondPersonNeeded: {
    title: 'Das braucht eine zweite Person',
    message: 'Auf einen Schritt zu verzichten, braucht jemanden, der zustimmt; hier sind keine Genehmiger benannt.',
    remedy: 'Nennen Sie sie in BELLHOP_APPROVERS und setzen Sie BELLHOP_APPROVALS auf mindestens 1.',
  },
  StateUnavailable: {
    title: 'Bellhop erreicht seinen Speicher nicht',
    message: 'Redis antwortet nicht ({detail}).',
    remedy: 'Prüfen Sie REDIS_URL und den Redis-Server; Worker machen von selbst weiter.',
  },
  DropFolderOpen: {
    title: 'Der Ablageordner steht anderen offen',
    message: 'Andere auf diesem Rechner können BELLHOP_DROP betreten: wegen der Passwörter wird er nicht benutzt.',
    remedy: 'Schließen Sie ihn: chmod o= auf den Ordner. Bellhop nimmt die Dateien dann von selbst.',
  },
  DropFolderMissing: {
    title: 'Der Ablageordner ist nicht lesbar',
    message: 'BELLHOP_DROP gibt es nicht, oder Bellhop darf ihn nicht lesen.',
    remedy: 'Legen Sie den Ordner an, allein für das Konto von Bellhop: mkdir -m 700.',
  },
};

export function germanTitle(code: FailureCode): string | undefined {
  return GERMAN_FAILURES[code]?.title;
}

/** A failure as it is stored (English, filled in) in German: its values are read back from the English text. */
export function germanFailure(failure: Failure): Failure {
  const german = GERMAN_FAILURES[failure.code];
  if (german === undefined) return failure;
  const english = FAILURES[failure.code];
  const values = { ...readTemplate(english.remedy, failure.remedy), ...readTemplate(english.message, failure.message) };
  return {
    code: failure.code,
    message: fill(german.message, values) ?? failure.message,
    remedy: fill(german.remedy, values) ?? failure.remedy,
  };
}

/** Why a message is not in the target: the message of a failure, or a few words. */
export function germanReason(code: string, reason: string): string {
  const known = Object.hasOwn(FAILURES, code) ? (code as FailureCode) : undefined;
  const german = known === undefined ? undefined : GERMAN_FAILURES[known]?.message;
  if (known === undefined || german === undefined) return germanFragment(reason);
  const values = readTemplate(FAILURES[known].message, reason);
  return (Object.keys(values).length === 0 ? undefined : fill(german, values)) ?? germanFragment(reason);
}

// A text with a value nobody knows would show its braces: then the English one is the better one.
function fill(template: string, values: Readonly<Record<string, string>>): string | undefined {
  const missing = [...template.matchAll(/\{(\w+)\}/g)].some(([, name = '']) => values[name] === undefined);
  return missing
    ? undefined
    : template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => germanValue(name, values[name] ?? ''));
}
