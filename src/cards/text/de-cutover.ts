import { count, plural } from '../format.ts';
import type { EN_CUTOVER, FoundText } from './en-cutover.ts';

const some = (value: number, one: string, many: string): string => plural(value, one, many, 'de');
const users = (found: FoundText): string => some(Number(found('users')), 'Benutzer', 'Benutzern');
const mailboxes = (found: FoundText): string => some(Number(found('users')), 'Postfach', 'Postfächern');
const servers = (found: FoundText): string => some(Number(found('servers')), 'Server', 'Servern');
const silent = (found: FoundText): string => (found('silent') === '' ? '' : `; stumm: ${found('silent')}`);
const seconds = (text: string): string => `${count(Number(text), 'de')} s`;
const BEFORE = 'Jederzeit: ein Schritt zurück, außen hat sich nichts geändert.';
const MX_BACK = 'Den MX im DNS zurückstellen. Was inzwischen ankam, bleibt in Exchange Online.';

/** German texts of a cutover. */
export const DE_CUTOVER: typeof EN_CUTOVER = {
  what: (batch, step, of) => `Umstellung von ${batch} · Schritt ${step} von ${of}`,
  of: (batch) => `Umstellung von ${batch}`,
  word: 'Umstellung',
  states: {
    working: 'Läuft',
    'needs-people': 'Braucht Sie',
    'not-ready': 'Nicht bereit',
    'needs-dns': 'Wartet auf das DNS',
    paused: 'Ruht',
    troubled: 'Kann nicht prüfen',
    finished: 'Beendet',
  },
  steps: {
    'verify-domain': {
      title: 'Domäne bestätigt',
      sentence: 'Der Mandant muss die Domäne kennen, Post für sie annehmen und den Host nennen, zu dem ihr MX führt.',
      happens: [],
      wayBack: BEFORE,
    },
    'initial-sync-complete': {
      title: 'Erstsync fertig',
      sentence: 'Jeder Benutzer muss einmal synchronisiert sein, und keiner darf auf jemanden warten.',
      happens: [],
      wayBack: BEFORE,
    },
    'mx-ttl-lowered': {
      title: 'MX-TTL gesenkt',
      sentence:
        'Wer das DNS verwaltet, senkt die TTL jedes MX-Eintrags auf höchstens **3600 Sekunden**; dann muss die alte TTL vergehen.',
      happens: [],
      wayBack: BEFORE,
    },
    converge: {
      title: 'Noch einmal synchronisieren',
      sentence: 'Jeder Benutzer wird noch einmal synchronisiert, damit am Ende nur wenig bleibt.',
      happens: [],
      wayBack: BEFORE,
    },
    'people-informed': {
      title: 'Alle informiert',
      sentence:
        'Sagen Sie allen, wann die Post umzieht und wo sie sie dann lesen, und schließen Sie den alten Server für sie. Bestätigen Sie es, wenn beides geschehen ist.',
      happens: [
        'Alle kennen den Tag, die neue Anmeldung und wen sie fragen können.',
        'Der alte Server ist für Menschen geschlossen, nicht für Bellhop: Webmail und SMTP-Anmeldung aus, IMAP nur für die Adresse von Bellhop.',
        'Passwörter dort bleiben, wie sie sind: der Abgleich braucht sie. Wo sie sich ändern müssen, melden Sie sich vorher als Administrator des Servers an.',
      ],
      wayBack: BEFORE,
    },
    'mx-switched': {
      title: 'Mailfluss umstellen',
      sentence: 'Neue Post der Domäne wird in Exchange Online ankommen.',
      happens: [
        'Wer das DNS verwaltet, stellt den MX der Domäne auf Exchange Online.',
        'Bellhop fragt jeden Nameserver und jeden Resolver, bis alle dasselbe sagen.',
        'Späte Post am alten Server wird geholt, ihre Absender werden aufgelistet.',
      ],
      wayBack: MX_BACK,
    },
    'old-mx-gone': {
      title: 'Alter MX verschwunden',
      sentence: 'Kein Server darf den alten Host noch nennen, und die letzte TTL und der Nachlauf müssen vergehen.',
      happens: [],
      wayBack: MX_BACK,
    },
    'final-sync': {
      title: 'Letzter Abgleich',
      sentence: 'Jeder Benutzer wird so oft synchronisiert, bis nichts mehr zu holen ist.',
      happens: [],
      wayBack: 'Nicht nötig: es wird nur kopiert.',
    },
    reconcile: {
      title: 'Alles vergleichen',
      sentence: 'Quelle und Ziel jedes Postfachs werden neu verglichen, Mail für Mail.',
      happens: [],
      wayBack: 'Nicht nötig: es wird nur gelesen.',
    },
    complete: {
      title: 'Batch abschließen',
      sentence: 'Ein letzter Abgleich, dann vergisst Bellhop die Passwörter und synchronisiert nicht mehr.',
      happens: [
        'Jeder Benutzer wird ein letztes Mal synchronisiert und abgeschlossen.',
        'Die Passwörter aller Benutzer werden vergessen.',
        'Was später am alten Server ankommt, wird nicht mehr geholt.',
      ],
      wayBack: 'Die Benutzer mit ihren Passwörtern neu importieren. Nichts wird doppelt kopiert.',
    },
    'source-may-go': {
      title: 'Quelle darf gehen',
      sentence: 'Alles ist in Exchange Online. Der alte Server wird nicht mehr gebraucht.',
      happens: ['Die Verwaltung darf ein letztes Backup ziehen und den alten Server abschalten.'],
      wayBack: 'Nur aus dem Backup, wenn er abgeschaltet ist.',
    },
    'source-dismantled': {
      title: 'Quelle abgebaut',
      sentence:
        'Schalten Sie den alten Server ab und nehmen Sie seine Namen aus dem DNS. Bestätigen Sie es, wenn das geschehen ist.',
      happens: ['Der alte Server ist aus oder weist alle ab.', 'Kein Eintrag im DNS nennt ihn.'],
      wayBack: 'Nur aus dem Backup.',
    },
  },
  checks: {
    'domain-verified': (found, passed) =>
      passed
        ? `${found('domain')} ist im Mandanten bestätigt und nimmt Post an`
        : ({
            absent: `Der Mandant hat ${found('domain')} nicht`,
            unverified: `${found('domain')} ist im Mandanten nicht bestätigt`,
            'no-mail': `${found('domain')} ist bestätigt, Email fehlt unter ihren Diensten`,
          }[found('state')] ?? 'Die Domäne ist nicht bekannt'),
    'users-synced': (found, passed) =>
      passed
        ? `${some(Number(found('users')), 'Benutzer', 'Benutzer')}, alle synchronisiert`
        : `${found('synced')} von ${users(found)} synchronisiert${found('left') === '' ? '' : `; noch nicht: ${found('left')}`}`,
    'staged-users': (found, passed) =>
      passed
        ? 'Kein anderer Batch hat noch nicht umgezogene Benutzer dieser Domänen'
        : `${some(Number(found('staged')), 'Benutzer anderer Batches', 'Benutzer anderer Batches')} (${found('batches')}) noch nicht umgezogen: ${found('users')}. Sie brauchen Weiterleitungen`,
    'users-converged': (found) =>
      `${found('done')} von ${users(found)} seither synchronisiert; ${some(Number(found('copied')), 'Mail kam', 'Mails kamen')} mit`,
    'final-sync-empty': (found, passed) =>
      passed
        ? `Bei allen ${users(found)} war zuletzt nichts mehr zu holen`
        : `Bei ${found('empty')} von ${users(found)} war zuletzt nichts mehr zu holen`,
    'verified-equal': (found, passed) =>
      passed
        ? `${some(Number(found('users')), 'Postfach', 'Postfächer')} verglichen, alle gleich`
        : `${found('equal')} von ${mailboxes(found)} gleich, ${found('different')} verschieden, ${found('unknown')} nicht vergleichbar`,
    'batch-completed': (found) => `${found('completed')} von ${users(found)} abgeschlossen`,
    'passwords-forgotten': (found, passed) =>
      passed
        ? 'Kein Passwort ist mehr da'
        : `${some(Number(found('kept')), 'Passwort ist', 'Passwörter sind')} noch da`,
    'source-silent': (found, passed) =>
      found('looked') === 'no'
        ? 'Nach später Post wurde seit dem letzten Abgleich noch nicht gesehen'
        : passed
          ? 'Nach der Umstellung kam nichts mehr am alten Server an'
          : `${some(Number(found('late')), 'Mail kam', 'Mails kamen')} nach der Umstellung am alten Server an und ${found('late') === '1' ? 'wurde' : 'wurden'} geholt`,
    'source-unreachable': (found, passed) =>
      passed ? `${found('host')} antwortet nicht mehr` : `${found('host')} antwortet noch`,
    'mx-ttl': (found, passed) =>
      `Die MX-TTL ist ${seconds(found('ttl'))}${passed ? ` auf ${servers(found)} der Zone` : '; höchstens 3.600 s'}${silent(found)}`,
    'mx-ttl-waited': (found, passed) =>
      found('until') === ''
        ? `Die alte TTL war ${seconds(found('oldTtl'))}; sie zählt ab dem Senken`
        : `Die alte TTL von ${seconds(found('oldTtl'))} ${passed ? 'ist vergangen' : `vergeht um ${found('until')}`}`,
    'mx-switched': (found, passed) =>
      passed
        ? `Der MX führt auf ${servers(found)} zu ${found('expected')}`
        : found('elsewhere') === ''
          ? `Nicht jeder Server hat geantwortet${silent(found)}`
          : `Der MX muss zu ${found('expected')} führen. Noch nicht auf ${found('elsewhere')}; genannt wird: ${found('hosts') || 'nichts'}`,
    'mx-host': (found, passed) =>
      passed
        ? `${found('hosts')} hat eine Adresse`
        : found('hosts') === ''
          ? 'Der Mandant nennt noch keinen Host für den MX'
          : `${found('without')} hat keine Adresse: Post ginge verloren`,
    'mx-old-gone': (found, passed) =>
      passed
        ? 'Kein Server nennt noch einen anderen Host'
        : `Noch genannt: ${found('others') || 'unbekannt'}${silent(found)}`,
    'mx-waited': (found, passed) =>
      found('until') === ''
        ? 'Der Nachlauf zählt ab der Umstellung'
        : passed
          ? 'TTL und Nachlauf sind vergangen'
          : `TTL und Nachlauf vergehen um ${found('until')}`,
    spf: (found, passed) =>
      passed
        ? 'SPF: ein Eintrag, mit Exchange Online'
        : found('records') === '0'
          ? 'SPF: es gibt keinen Eintrag'
          : Number(found('records')) > 1
            ? `SPF: ${found('records')} Einträge, einer ist erlaubt`
            : found('missing') === ''
              ? `SPF: ${found('lookups')} Abfragen, 10 sind erlaubt`
              : `SPF: es fehlt ${found('missing')}`,
    dkim: (found, passed) => (passed ? 'DKIM: beide Selektoren sind delegiert' : `DKIM: es fehlt ${found('missing')}`),
    dmarc: (found, passed) =>
      passed
        ? `DMARC mit p=${found('policy')}`
        : found('records') === '0'
          ? 'DMARC: es gibt keinen Eintrag'
          : 'DMARC: der Eintrag ist nicht brauchbar',
    autodiscover: (found, passed) =>
      passed
        ? 'Autodiscover führt zu Exchange Online'
        : `Autodiscover führt zu ${found('hosts') || 'nichts'}, nicht zu ${found('expected') || 'einem Host, den der Mandant nennt'}`,
  },
  finishedTitle: 'Die Umstellung ist beendet',
  finished: (domain) => `Die Post von **${domain}** ist in Exchange Online, und der alte Server ist weg.`,
  paused: (name, time) => `${name} lässt sie seit ${time} ruhen. Nichts bewegt sich, bis jemand sie fortsetzt.`,
  agreed: (name, time) => `${name} hat es um ${time} in Gang gesetzt, mit der Zustimmung anderer.`,
  asked: (id) => `Genehmigung **${id}** wartet auf andere Personen.`,
  troubled: 'Die letzte Prüfung hat nichts herausgefunden. Sie wird von selbst wiederholt.',
  until: (time) => `Wartet bis **${time}**.`,
  happens: 'Was geschieht',
  reach: 'Reichweite und Rückweg',
  command: 'In Worten',
  stepOf: (step, of, title) => `Schritt ${step} von ${of}: ${title}`,
  without: (step, of, title) => `Ohne Nachweis weiter, Schritt ${step} von ${of}: ${title}`,
  affects: 'Betrifft',
  affected: (users, domain, staged) =>
    staged === 0
      ? `${users} in ${domain}, sonst nichts`
      : `${users} in ${domain}, dazu ${staged} noch nicht umgezogene`,
  wayBack: 'Weg zurück',
  forDns: 'Für die DNS-Verwaltung',
  ofDomain: (domain, text) => `${domain}: ${text}`,
  stagedTitle: (value) => `${value} noch nicht umgezogen: Weiterleitungen auf beiden Seiten`,
  stagedTarget: (host) =>
    `Exchange Online: jede dieser Personen an einen Namen weiterleiten, für den nur der alte Server Mail annimmt (Set-Mailbox -ForwardingSmtpAddress ... -DeliverToMailboxAndForward), oder die Domäne zum internen Relay machen, mit einem Connector zu ${host} für alle ohne Postfach.`,
  stagedSource: (host) =>
    `Alter Server (${host}): alle, die umgezogen sind, an ihre Adresse beim Mandanten weiterleiten (name@mandant.onmicrosoft.com), sonst bleibt Mail zwischen alt und neu dort liegen.`,
  stagedWhat: (batch) => `Noch nicht umgezogen · Umstellung von ${batch}`,
  stagedNone: 'Kein anderer Batch hat noch nicht umgezogene Benutzer dieser Domänen.',
  stagedSentence: (value) =>
    `**${some(value, 'Benutzer', 'Benutzer')}** derselben Domänen ${value === 1 ? 'ist' : 'sind'} noch nicht umgezogen. Ab dem Umschalten geht ihre Post wie die aller anderen zu Exchange Online.`,
  stagedList: (batch) =>
    `Alle: **staged users ${batch}**. Die Weiterleitung einer Person, mit einer echten Mail geprüft: **probe mail <Adresse>**.`,
  setMx: (domain, host) => `MX von ${domain}: ${host}`,
  evidence: (passed, all) => `Nachweise · ${passed} von ${all} bestanden`,
  notNeeded: 'hält nicht auf',
  checkedAt: (time, rests) =>
    `Geprüft um ${time}.${rests ? '' : ' Bellhop prüft von selbst wieder, und bei jedem Klick.'}`,
  notChecked: 'Noch hat niemand geprüft.',
  runbook: 'Der Ablauf',
  waived: (name, reason) => `ohne Nachweis, durch ${name}: ${reason}`,
  by: (name) => `durch ${name}`,
  lateTitle: (value) => `${some(value, 'Mail kam', 'Mails kamen')} am alten Server an`,
  lateHint: 'Sie werden geholt. Wer dorthin sendet, kennt noch den alten Host:',
  lateWhat: (batch) => `Späte Post · Umstellung von ${batch}`,
  lateNone: 'Nach der Umstellung kam nichts mehr am alten Server an.',
  lateSentence: (value) =>
    `**${some(value, 'Mail', 'Mails')}** ${value === 1 ? 'kam' : 'kamen'} nach der Umstellung am alten Server an und ${value === 1 ? 'wurde' : 'wurden'} geholt. Stellen Sie diese Absender um, bevor der Server geht.`,
  lateState: { none: 'Keine', some: 'Hinsehen' },
  lateHosts: 'Über welche Hosts',
  lateMessages: 'Mails',
  lateHidden: 'Absender stehen im persönlichen Chat.',
  lateFrom: (hosts) => `über ${hosts}`,
  noHost: 'kein Host bekannt',
  started: (name, time) => `Begonnen von ${name}, ${time}`,
  cancelled: 'Abgebrochen',
  cancelledSentence:
    'Die Umstellung ist vergessen; außen hat sie nichts geändert. Was entschieden wurde, bleibt in den Akten.',
  fallback: (batch, step, of, title, state) =>
    `Umstellung von ${batch}, Schritt ${step} von ${of}: ${title}. ${state}.`,
  buttons: {
    goAhead: 'Freigabe erbitten',
    confirm: 'Bestätigen',
    pause: 'Anhalten',
    continue: 'Fortsetzen',
    back: 'Schritt zurück',
    refresh: 'Neu prüfen',
    late: 'Späte Post',
  },
};
