import { count } from '../format.ts';
import type { EN_RECORD } from './en-record.ts';

const some = (value: number, one: string, many: string): string => `${count(value, 'de')} ${value === 1 ? one : many}`;
const users = (value: number): string => some(value, 'Benutzer', 'Benutzer');
const usersOf = (value: number): string => some(value, 'Benutzer', 'Benutzern');
const messages = (value: number): string => some(value, 'Nachricht', 'Nachrichten');
const removals = (value: number): string => some(value, 'Löschung', 'Löschungen');

/** German texts of the record of a batch. */

const GERMAN_PRIORITY: Readonly<Record<string, string>> = { high: 'hoch', normal: 'normal', low: 'niedrig' };

export const DE_RECORD: typeof EN_RECORD = {
  what: 'Migrationsnachweis',
  prepared: (time, by) => `Erstellt ${time} UTC von ${by}`,
  endpoint: (name) => `Quellserver ${name}`,
  begun: (time, by) => `angelegt ${time} UTC von ${by}`,
  closed: (value) => `Alle ${users(value)} sind abgeschlossen, jede Nachricht ist nachgewiesen, nichts ist offen.`,
  accounted: (value) => `Jede Nachricht von ${usersOf(value)} ist nachgewiesen, nichts ist offen.`,
  open: (value) => `${some(value, 'Punkt ist', 'Punkte sind')} offen.`,
  empty: 'Der Batch hat keine Benutzer.',
  users: 'Benutzer',
  completed: (value) => `${count(value, 'de')} abgeschlossen`,
  source: 'An der Quelle',
  inTarget: 'Im Ziel',
  notInTarget: 'Nicht im Ziel',
  score: 'Konsistenz',
  noScore: 'noch keine',
  books: 'Wo jede Nachricht ist',
  balanced: (value) => `${messages(value)} an der Quelle, jede an genau einem Ort: die Bücher gehen auf.`,
  unbalanced: (value) => `${messages(value)} lassen sich nicht nachweisen.`,
  gone: (value) =>
    `${messages(value)} verließen die Quelle, nachdem sie gesehen worden waren; sie sind hier nicht gezählt.`,
  places: {
    copied: 'kopiert',
    adopted: 'im Ziel gefunden',
    excluded: 'nach Regel ausgeschlossen',
    skipped: 'übersprungen',
    failed: 'fehlgeschlagen',
    pending: 'ausstehend',
  },
  reasons: (score) => `Warum die Note ${score} ist`,
  perfect: 'Nichts verhindert die Note Perfect.',
  openTitle: 'Offene Punkte',
  nothingOpen: 'Nichts ist offen.',
  openKinds: {
    notCompleted: (value) => `${users(value)} nicht abgeschlossen`,
    syncFailed: (value) => `${users(value)}, deren letzter Abgleich fehlschlug`,
    failedMessages: (value) => `${messages(value)} fehlgeschlagen, beim nächsten Abgleich erneut versucht`,
    pendingMessages: (value) => `${messages(value)} noch nicht übertragen`,
    skippedNotApproved: (value) => `${messages(value)} übersprungen, von niemandem genehmigt`,
    removalsHeld: (value) => `${removals(value)}, die auf einen Menschen warten`,
    neverVerified: (value) => `${users(value)} nie geprüft`,
    verificationOutdated: (value) => `${users(value)} nach der letzten Prüfung abgeglichen`,
    verificationDiffers: (value) => `${messages(value)}, die eine Prüfung fehlend oder anders fand`,
    cutoverOpen: () => 'Die Umstellung ist nicht beendet',
    approvalOpen: (value) => some(value, 'Genehmigung noch offen', 'Genehmigungen noch offen'),
  },
  user: 'Benutzer',
  status: 'Stand',
  skipped: 'Übersprungen',
  excluded: 'Ausgeschlossen',
  lastSync: 'Letzter Abgleich (UTC)',
  remarks: 'Bemerkungen',
  waivers: 'Nachrichten, die nicht im Ziel sind',
  allThere: 'Jede Nachricht, die umziehen sollte, ist im Ziel.',
  folder: 'Ordner',
  size: 'Größe',
  reason: 'Grund',
  approvedBy: 'Genehmigt von',
  notApproved: 'nicht genehmigt',
  tried: 'wird erneut versucht',
  verifications: 'Prüfungen',
  verificationsNote:
    'Quelle und Ziel neu verglichen, Nachricht für Nachricht. Die SHA-256 ist die des Berichts, der sich aus pack.json wiederherstellen lässt.',
  neverVerified: 'Kein Benutzer wurde geprüft.',
  verdict: 'Urteil',
  verdicts: { equal: 'Gleich', different: 'Verschieden', unknown: 'Nicht verglichen' },
  compared: 'Verglichen',
  found: 'Gefunden',
  missing: 'Fehlend',
  at: 'Zeit (UTC)',
  approvals: 'Genehmigungen',
  noApprovals: 'Es wurde keine Genehmigung verlangt.',
  asked: (by, time) => `${by} bat darum, ${time} UTC`,
  agreed: (by, time) => `${by} stimmte zu, ${time} UTC`,
  withdrawn: 'die Rolle wurde danach entzogen: es zählte nicht',
  broke: (by, time) => `${by} entschied im Notfall allein, ${time} UTC`,
  refused: (by, time) => `${by} lehnte ab, ${time} UTC`,
  plan: 'Vorhaben',
  timeline: 'Verlauf',
  timelineNote: 'Aus der Prüfkette. Die Zahl ist die des Eintrags.',
  speeds: 'Geschwindigkeit',
  firstSyncs: 'Erstsyncs',
  span: (from, to) => `${from} bis ${to} UTC`,
  firstMessages: 'Von ihnen kopierte Nachrichten',
  overall: 'Über alle Postfächer',
  perSecond: (value) => `${value} Nachrichten/s`,
  transferred: 'Übertragene Mail',
  oneMailbox: 'Ein Postfach im Abgleich',
  syncs: 'Abgleiche',
  syncTime: (syncs, time) => `${count(syncs, 'de')}, zusammen ${time} Arbeit`,
  noSpeeds: 'Das Ereignisprotokoll kennt keinen beendeten Abgleich.',
  proof: 'Wie sich dieser Nachweis prüfen lässt',
  proofText:
    'Diese Seite ist eine der Dateien eines signierten Nachweises. Wer ihn hat, kann prüfen, dass nichts darin verändert wurde, ohne den Server von Bellhop und ohne dessen Schlüssel:',
  proofKey:
    'Vergleichen Sie den Fingerabdruck des Schlüssels mit dem, den Bellhop im Chat zeigte, als der Nachweis geschrieben wurde.',
  key: 'Schlüssel (SHA-256)',
  chainEnd: 'Ende der Prüfkette',
  entry: (seq) => `Eintrag ${count(seq, 'de')}`,
  moreIn: (value, file) => `${count(value, 'de')} weitere in ${file}`,
  bellhop: 'Bellhop selbst',
  events: {
    EndpointAdded: ({ text }) => `Quellserver ${text('endpoint')} hinzugefügt`,
    EndpointRemoved: ({ text }) => `Quellserver ${text('endpoint')} entfernt`,
    BatchCreated: () => 'Batch angelegt',
    UsersAdded: ({ number }) => `${users(number('count'))} hinzugefügt`,
    UsersUpdated: ({ number }) => `Logins, Passwörter oder Prioritäten von ${usersOf(number('count'))} geändert`,
    BatchCheckStarted: () => 'Prüflauf des Batches verlangt',
    BatchChecked: () => 'Prüflauf des Batches beendet',
    BatchStarted: () => 'Batch gestartet',
    BatchStopped: () => 'Batch angehalten',
    BatchResumed: () => 'Batch fortgesetzt',
    BatchCompleting: () => 'Abschluss des Batches verlangt',
    CompletionPlanned: ({ time }) => `Abschluss des Batches für ${time('completeAt')} geplant`,
    CompletionDropped: () => 'Geplanten Abschluss aufgegeben: andere stimmten nicht zu',
    BatchExpiring: ({ time }) => `Angekündigt, dass die Passwörter des Batches am ${time('end')} vergessen werden`,
    BatchExpired: () => 'Passwörter eines Batches vergessen, mit dem niemand arbeitete',
    BatchRemoving: () => 'Entfernen des Batches verlangt',
    BatchRemoved: () => 'Batch entfernt',
    BatchExported: ({ number }) => `Nachweis über ${users(number('users'))} geschrieben`,
    SyncRequested: ({ text }) => `Abgleich${text('user') === '' ? '' : ` von ${text('user')}`} verlangt`,
    PrioritySet: ({ text }) =>
      `Priorität ${text('user') === '' ? 'des Batches' : `von ${text('user')}`} auf ${GERMAN_PRIORITY[text('priority')] ?? text('priority')} gesetzt`,
    RemovalsHeld: ({ number, text }) =>
      `${removals(number('count'))} bei ${text('user')} angehalten, ein Mensch entscheidet`,
    RemovalsApproved: ({ number, text }) => `${removals(number('count'))} bei ${text('user')} freigegeben`,
    SkippedApproved: ({ number, text }) =>
      `${messages(number('count'))} von ${text('user')}, die nicht im Ziel sind, genehmigt`,
    RestoreAsked: ({ text }) => `Fehlendes von ${text('user')} zurückverlangt`,
    ApprovalRequested: ({ text }) => `Genehmigung ${text('approval')} verlangt: ${text('text')}`,
    ApprovalDecided: ({ text }) =>
      text('verdict') === 'approved'
        ? `${text('approval')} zugestimmt`
        : `${text('approval')} abgelehnt: ${text('reason')}`,
    ApprovalWithdrawn: ({ text }) =>
      `${text('person')} hat die Rolle verloren: die Zustimmung zu ${text('approval')} zählt nicht`,
    GlassBroken: ({ text }) => `Hat im Notfall allein über ${text('approval')} entschieden: ${text('reason')}`,
    CommandRefused: ({ text, number }) =>
      `„${text('command')}“${text('about') === '' ? '' : ` ${text('about')}`} wurde abgelehnt (${text('code')})${number('leftOut') > 0 ? `; zuvor ${number('leftOut')} weitere` : ''}`,
    UploadLinkMade: ({ text }) => `Hat einen Link zum Hochladen verlangt (${text('link')})`,
    UploadLinkOpened: ({ text }) => `Jemand hat den Link zum Hochladen geöffnet (${text('link')})`,
    UploadLinkUsed: ({ text }) => `Der Link hat seine Datei angenommen (${text('link')})`,
    ApprovalReminded: ({ text }) => `Niemand hatte ${text('approval')} beantwortet: erinnert`,
    ApprovalEscalated: ({ text }) => `Niemand hatte ${text('approval')} beantwortet: allen gesagt, die dürfen`,
    ApprovalExpired: ({ text }) => `Niemand hat ${text('approval')} rechtzeitig beantwortet: abgelaufen`,
    ApprovalDone: ({ text }) => `${text('approval')} ausgeführt`,
    ApprovalVoided: ({ text }) => `${text('approval')} ist hinfällig: das Vorhaben hatte sich geändert`,
    ProbeRequested: ({ text }) => `Ließ eine Testmail an ${text('user')} senden`,
    VerifyRequested: ({ text }) => `Prüfung von ${text('user')} verlangt`,
    Verified: ({ text }) =>
      `${text('user')} geprüft: ${text('verdict') === 'equal' ? 'gleich' : text('verdict') === 'different' ? 'verschieden' : 'nicht vergleichbar'}`,
    UserStopped: ({ text }) => `${text('user')} angehalten`,
    UserCompleted: ({ text, number }) =>
      number('warnings') === 0
        ? `${text('user')} abgeschlossen`
        : `${text('user')} abgeschlossen; ${messages(number('warnings'))} nicht im Ziel`,
    UserRemoving: ({ text }) => `Entfernen von ${text('user')} verlangt`,
    UserRemoved: ({ text }) => `${text('user')} entfernt`,
    CutoverPlanned: ({ number }) =>
      number('cutoverAt') > 0
        ? `Umstellung geplant für den ${new Date(number('cutoverAt')).toISOString().slice(0, 10).split('-').toReversed().join('.')}`
        : 'Tag der Umstellung zurückgenommen',
    CutoverStarted: ({ text }) => `Umstellung von ${text('domain')} begonnen`,
    CutoverStepDone: ({ text, step }) =>
      text('how') === 'passed'
        ? `Umstellung: „${step}“ durch Befund bestanden`
        : text('how') === 'confirmed'
          ? `Umstellung: „${step}“ bestätigt`
          : `Umstellung: ohne „${step}“ weiter: ${text('reason')}`,
    CutoverWentAhead: ({ step }) => `Umstellung: „${step}“ ausgelöst`,
    CutoverWentBack: ({ text, step }) => `Umstellung: zurück zu „${step}“ ${text('reason')}`.trim(),
    CutoverPaused: ({ text }) => `Umstellung angehalten ${text('reason')}`.trim(),
    CutoverContinued: () => 'Umstellung fortgesetzt',
    CutoverCancelled: ({ text }) => `Umstellung abgebrochen: ${text('reason')}`,
    LateMailFound: ({ number }) => `${messages(number('count'))} gefunden, die noch auf dem alten Server ankamen`,
    EventsLost: () => 'Ereignisse verließen das Protokoll, bevor sie festgehalten wurden',
    EventDamaged: () => 'Ein Ereignis im Protokoll war beschädigt',
  },
};
