interface CommandText {
  readonly title: string;
  readonly help: string;
}

/** Title and help of every command in German, by its words. A command that is missing here stays English and fails a test. */
export const GERMAN_COMMANDS: Readonly<Record<string, CommandText>> = {
  'set cutover': {
    title: 'Umstellung planen',
    help: 'Sagt, wann die Umstellung eines Batches geplant ist: der Tagesbericht misst an diesem Tag, was noch fehlt. „aus“ nimmt ihn zurück. Von selbst beginnt nichts.',
  },
  'start cutover': {
    title: 'Umstellung beginnen',
    help: 'Beginnt den Ablauf von „alles ist kopiert“ bis „der alte Server ist weg“: Schritt für Schritt, jeder mit seinem Nachweis. Ändert von sich aus außen nichts.',
  },
  cutover: {
    title: 'Umstellung',
    help: 'Zeigt, wo die Umstellung eines Batches steht: was gefunden wurde, was als Nächstes kommt, wer was entschieden hat.',
  },
  'go ahead': {
    title: 'Freigabe erbitten',
    help: 'Erbittet die Freigabe eines Schrittes, der etwas ändert. Andere stimmen ihm mit den Nachweisen zu, wie sie sind; ändern die sich, wird neu gefragt.',
  },
  'confirm step': {
    title: 'Schritt bestätigen',
    help: 'Sagt, dass ein Schritt getan ist, von dem nur ein Mensch weiß, etwa dass alle informiert sind. Name und Zeit bleiben.',
  },
  'waive step': {
    title: 'Auf Nachweis verzichten',
    help: 'Verzichtet namentlich und mit Grund auf den Nachweis eines Schrittes. Eine andere Person muss zustimmen, immer.',
  },
  'pause cutover': {
    title: 'Umstellung anhalten',
    help: 'Lässt eine Umstellung ruhen: kein Schritt geht weiter, bis jemand sie fortsetzt.',
  },
  'continue cutover': { title: 'Umstellung fortsetzen', help: 'Setzt eine ruhende Umstellung fort.' },
  'back cutover': {
    title: 'Schritt zurück',
    help: 'Geht einen Schritt zurück und ruht dort. Möglich, bis Post an Exchange Online geht.',
  },
  'cancel cutover': {
    title: 'Umstellung abbrechen',
    help: 'Vergisst eine Umstellung, damit eine neue beginnen kann. Möglich, bis Post an Exchange Online geht; was entschieden wurde, bleibt in den Akten.',
  },
  'late mail': {
    title: 'Späte Post',
    help: 'Zeigt, wer nach der Umstellung des MX noch an den alten Server sendet, und über welche Hosts. Die Post wird geholt. Absender stehen im persönlichen Chat.',
  },
  help: {
    title: 'Hilfe',
    help: 'Zeigt, wo man anfängt, und alle Befehle; ein Thema, oder einen Befehl mit Beispielen.',
  },
  status: { title: 'Stand', help: 'Zeigt alle Batches, einen Batch oder einen Benutzer.' },
  batches: { title: 'Batches', help: 'Zeigt alle Batches.' },
  failures: { title: 'Fehler', help: 'Zeigt fehlgeschlagene Benutzer nach Ursache, jede mit Abhilfe.' },
  endpoints: { title: 'Endpunkte', help: 'Zeigt die Quellserver.' },
  'add endpoint': {
    title: 'Endpunkt anlegen',
    help: 'Legt einen Quellserver an. Passwörter gehören nicht hierher: sie kommen mit der CSV.',
  },
  'test endpoint': {
    title: 'Endpunkt testen',
    help: 'Spricht einen Quellserver an: Name, Port, Verschlüsselung, Zertifikat, Fähigkeiten. Meldet niemanden an.',
  },
  'remove endpoint': { title: 'Endpunkt entfernen', help: 'Entfernt einen Quellserver, den kein Batch mehr nutzt.' },
  'set priority': {
    title: 'Priorität setzen',
    help: 'Sagt, wer zuerst kommt: ein Batch bekommt mehr oder weniger Plätze seines Endpunkts, ein Benutzer steht vor oder hinter anderen seines Batches. Niemand wird für immer übergangen.',
  },
  'create batch': {
    title: 'Batch anlegen',
    help: 'Legt einen leeren Batch an. Seine Benutzer kommen aus einer CSV: „add users“ gibt einen Link zum Hochladen.',
  },
  'add users': {
    title: 'Benutzer hinzufügen',
    help: 'Gibt einen privaten Link, einmal und 30 Minuten gültig, zu einer Seite, die die CSV eines Batches annimmt. Mit endpoint= wird ein neuer Batch angelegt.',
  },
  'check batch': {
    title: 'Batch prüfen',
    help: 'Probelauf: jedes Zielpostfach, jede Anmeldung, jeder Ordner und jede Größe wird angesehen, nichts geschrieben.',
  },
  'start batch': {
    title: 'Batch starten',
    help: 'Startet den Erstsync aller Benutzer eines Batches; in einem laufenden Batch die fehlgeschlagenen erneut. Mit check= nur, wenn sich seit dieser Prüfung nichts geändert hat.',
  },
  'stop batch': {
    title: 'Batch anhalten',
    help: 'Hält jeden Abgleich eines Batches an. Was kopiert ist, bleibt; jederzeit fortsetzbar.',
  },
  'resume batch': { title: 'Batch fortsetzen', help: 'Setzt einen angehaltenen Batch fort; alle gleichen sofort ab.' },
  'sync now': {
    title: 'Jetzt abgleichen',
    help: 'Gleicht einen Batch oder einen Benutzer jetzt ab, fehlgeschlagene auch. Einem laufenden Abgleich folgt ein weiterer.',
  },
  retry: {
    title: 'Wiederholen',
    help: 'Versucht die fehlgeschlagenen Benutzer eines Batches oder einen Benutzer erneut. Nichts wird doppelt kopiert.',
  },
  why: { title: 'Warum', help: 'Erzählt die Geschichte eines Benutzers in einfachen Worten.' },
  report: { title: 'Bericht', help: 'Zeigt den Tagesbericht jetzt; report here bringt ihn täglich hierher.' },
  'report at': {
    title: 'Bericht planen',
    help: 'Bringt den Tagesbericht zur genannten Zeit in diese Unterhaltung; report at off beendet das.',
  },
  watch: { title: 'Beobachten', help: 'Bringt Neues über einen Batch oder Benutzer in diese Unterhaltung.' },
  mute: { title: 'Stumm', help: 'Hält Neues über einen Batch oder Benutzer aus dieser Unterhaltung heraus.' },
  doctor: { title: 'Doktor', help: 'Sieht alles an, worauf Bellhop steht, jedes mit Abhilfe.' },
  'apply deletions': {
    title: 'Löschungen anwenden',
    help: 'Gibt Löschungen frei, die angehalten wurden, weil in der Quelle zu viel auf einmal verschwand. Elemente kommen in Gelöschte Elemente, nie endgültig weg.',
  },
  'restore missing': {
    title: 'Fehlende zurückholen',
    help: 'Holt Mails zurück, die im Ziel gelöscht wurden oder dort fehlen. Zeigt zuerst, wie viele, und tut es nach Bestätigung.',
  },
  approve: {
    title: 'Genehmigen',
    help: 'Stimmt dem zu, was jemand anders verlangt hat. Es wird ausgeführt, wenn genug Personen zugestimmt haben, und nur, wenn sich nichts geändert hat.',
  },
  reject: { title: 'Ablehnen', help: 'Lehnt ab, was jemand anders verlangt hat, mit dem Grund.' },
  'probe mail': {
    title: 'Testmail',
    help: 'Sendet eine echte Mail an einen Benutzer, über den MX, wie er jetzt ist, und sagt, in welchem Postfach sie herauskommt: im alten, im neuen, in beiden. Prüft Weiterleitungen und das Umschalten.',
  },
  'staged users': {
    title: 'Noch nicht umgezogen',
    help: 'Listet Benutzer derselben Domänen, die in anderen Batches und noch nicht umgezogen sind, und die Weiterleitungen, die sie auf beiden Seiten brauchen, solange der MX auf eine davon zeigt.',
  },
  'break glass': {
    title: 'Im Notfall allein entscheiden',
    help: 'Entscheidet im Notfall allein über eine offene Genehmigung, mit dem Grund. Alle erfahren es sofort, und es bleibt im Nachweis. Höchstens dreimal am Tag; was sich seitdem geändert hat, wird nicht ausgeführt.',
  },
  approvals: {
    title: 'Genehmigungen',
    help: 'Zeigt, was auf Zustimmung wartet, oder eine Genehmigung mit allem, was entschieden wurde.',
  },
  export: {
    title: 'Export',
    help: 'Schreibt den signierten Nachweis eines Batches auf den Server von Bellhop: Bericht, Benutzer als CSV, Genehmigungen, Prüfungen und seinen Teil der Prüfkette.',
  },
  plan: {
    title: 'Planen',
    help: 'Was der nächste Abgleich täte: kopieren, verschieben, ändern, entfernen, und was auf einen Menschen wartete. Schreibt nichts.',
  },
  verify: {
    title: 'Vergleichen',
    help: 'Vergleicht Quelle und Ziel neu, Nachricht für Nachricht, und schreibt einen Bericht mit SHA-256. Ändert nichts.',
  },
  skipped: {
    title: 'Ausgelassen',
    help: 'Zeigt die Nachrichten eines Benutzers, die nicht im Ziel sind, jede mit Grund. Betreffe zeigt nur der persönliche Chat.',
  },
  'approve skipped': {
    title: 'Ausgelassene genehmigen',
    help: 'Lässt ausgelassene Nachrichten gut sein, mit Ihrem Namen und der Zeit. Sie bleiben draußen, und die Bewertung bleibt, wie sie ist.',
  },
  'complete batch': {
    title: 'Batch abschließen',
    help: 'Schließt einen Batch ab: ein letzter geprüfter Abgleich jedes Benutzers, dann werden die Passwörter vergessen. sync=no verzichtet auf den letzten Abgleich.',
  },
  'remove batch': {
    title: 'Batch entfernen',
    help: 'Entfernt einen Batch und seine Benutzer nach einem letzten Abgleich; sync=no verzichtet darauf. Mails bleiben im Ziel, Passwörter werden vergessen.',
  },
  'remove user': {
    title: 'Benutzer entfernen',
    help: 'Entfernt einen Benutzer aus seinem Batch nach einem letzten Abgleich; sync=no verzichtet darauf. Mails bleiben im Ziel, das Passwort wird vergessen.',
  },
  'stop user': { title: 'Benutzer anhalten', help: 'Hält den Abgleich eines Benutzers an.' },
  'resume user': {
    title: 'Benutzer fortsetzen',
    help: 'Setzt einen angehaltenen Benutzer fort; er gleicht sofort ab.',
  },
};

/** The German texts of a command by its usage ("start batch <batch>"). */
export function germanCommand(usage: string): CommandText | undefined {
  return GERMAN_COMMANDS[usage.split(/\s+(?=[<[])/)[0] ?? usage];
}
