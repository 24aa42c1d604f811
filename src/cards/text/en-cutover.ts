import type { CheckName } from '../../engine/domain/evidence.ts';
import type { CutoverStep } from '../../engine/domain/cutover.ts';
import type { CutoverStatus } from '../../engine/views.ts';
import { count, plural } from '../format.ts';

/** What a check found, ready to be said: times as people read them, lists joined. */
export type FoundText = (name: string) => string;

interface StepText {
  /** As a heading. */
  readonly title: string;
  /** What is waited for, or asked. */
  readonly sentence: string;
  /** What happens, one line each, before people agree to it. */
  readonly happens: readonly string[];
  readonly wayBack: string;
}

const BEFORE = 'Any time: one step back, nothing outside has changed.';

const STEPS: Readonly<Record<CutoverStep, StepText>> = {
  'verify-domain': {
    title: 'Domain verified',
    sentence: 'The tenant has to know the domain, take mail for it, and name the host its MX leads to.',
    happens: [],
    wayBack: BEFORE,
  },
  'initial-sync-complete': {
    title: 'First sync complete',
    sentence: 'Every user has to be synced once, and nobody may wait for a person.',
    happens: [],
    wayBack: BEFORE,
  },
  'mx-ttl-lowered': {
    title: 'MX TTL lowered',
    sentence:
      'The owner of the DNS lowers the TTL of every MX record to **3600 seconds** or less; then the old TTL has to pass.',
    happens: [],
    wayBack: BEFORE,
  },
  converge: {
    title: 'Sync once more',
    sentence: 'Every user is synced again, so that only a little is left for the end.',
    happens: [],
    wayBack: BEFORE,
  },
  'people-informed': {
    title: 'People informed',
    sentence:
      'Tell everybody when the mail moves and where they read it then, and close the old server to them. Confirm when both is done.',
    happens: [
      'Everybody knows the day, the new sign-in, and whom to ask.',
      'The old server is closed to people, not to Bellhop: webmail and SMTP sign-in off, IMAP for the address of Bellhop alone.',
      'Passwords there stay as they are: the syncs need them. Where they have to change, sign in as an administrator of the server first.',
    ],
    wayBack: BEFORE,
  },
  'mx-switched': {
    title: 'Switch mail flow',
    sentence: 'New mail of the domain will arrive in Exchange Online.',
    happens: [
      'The owner of the DNS leads the MX of the domain to Exchange Online.',
      'Bellhop asks every name server and every resolver until all agree.',
      'Late mail at the old server is brought over, and its senders are listed.',
    ],
    wayBack: 'MX back in the DNS. Mail received meanwhile stays in Exchange Online.',
  },
  'old-mx-gone': {
    title: 'Old MX gone',
    sentence: 'No server may name the old host any more, and the last TTL and the time to settle have to pass.',
    happens: [],
    wayBack: 'MX back in the DNS. Mail received meanwhile stays in Exchange Online.',
  },
  'final-sync': {
    title: 'Final sync',
    sentence: 'Every user is synced again and again, until a sync has nothing left to bring.',
    happens: [],
    wayBack: 'None needed: it only copies.',
  },
  reconcile: {
    title: 'Compare everything',
    sentence: 'Source and target of every mailbox are compared afresh, message by message.',
    happens: [],
    wayBack: 'None needed: it only reads.',
  },
  complete: {
    title: 'Complete the batch',
    sentence: 'A last sync, then Bellhop forgets the passwords and syncs no more.',
    happens: [
      'Every user gets a last sync and is completed.',
      'The passwords of all users are forgotten.',
      'Nothing that arrives at the old server later is brought over.',
    ],
    wayBack: 'Import the users again, with their passwords. Nothing is copied twice.',
  },
  'source-may-go': {
    title: 'Source may go',
    sentence: 'Everything is in Exchange Online. The old server is not needed any more.',
    happens: ['The administrators may take a last backup and switch the old server off.'],
    wayBack: 'From the backup only, once it is switched off.',
  },
  'source-dismantled': {
    title: 'Source dismantled',
    sentence: 'Switch the old server off and take its names out of the DNS. Confirm when that is done.',
    happens: ['The old server is off, or refuses everybody.', 'No record in the DNS names it.'],
    wayBack: 'From the backup only.',
  },
};

const servers = (found: FoundText): string => plural(Number(found('servers')), 'server');
const silent = (found: FoundText): string => (found('silent') === '' ? '' : `; silent: ${found('silent')}`);

type CheckText = (found: FoundText, passed: boolean) => string;

const CHECKS: Readonly<Record<CheckName, CheckText>> = {
  'domain-verified': (found, passed) =>
    passed
      ? `${found('domain')} is verified in the tenant and takes mail`
      : ({
          absent: `The tenant does not have ${found('domain')}`,
          unverified: `${found('domain')} is not verified in the tenant`,
          'no-mail': `${found('domain')} is verified, Email is not among its services`,
        }[found('state')] ?? 'The domain is not known'),
  'users-synced': (found, passed) =>
    passed
      ? `All ${plural(Number(found('users')), 'user')} synced`
      : `${found('synced')} of ${plural(Number(found('users')), 'user')} synced${found('left') === '' ? '' : `; not yet: ${found('left')}`}`,
  'staged-users': (found, passed) =>
    passed
      ? 'No other batch has users of these domains who are not moved'
      : `${plural(Number(found('staged')), 'user')} of other batches (${found('batches')}) not moved yet: ${found('users')}. They need forwarding`,
  'users-converged': (found) =>
    `${found('done')} of ${plural(Number(found('users')), 'user')} synced since; ${plural(Number(found('copied')), 'message')} came along`,
  'final-sync-empty': (found, passed) =>
    passed
      ? `The last sync of all ${plural(Number(found('users')), 'user')} had nothing to bring`
      : `${found('empty')} of ${plural(Number(found('users')), 'user')} with an empty last sync`,
  'verified-equal': (found, passed) =>
    passed
      ? `All ${plural(Number(found('users')), 'mailbox', 'mailboxes')} compared, all equal`
      : `${found('equal')} of ${plural(Number(found('users')), 'mailbox', 'mailboxes')} equal, ${found('different')} different, ${found('unknown')} not comparable`,
  'batch-completed': (found) => `${found('completed')} of ${plural(Number(found('users')), 'user')} completed`,
  'passwords-forgotten': (found, passed) =>
    passed ? 'No password is kept' : `${plural(Number(found('kept')), 'password')} still kept`,
  'source-silent': (found, passed) =>
    found('looked') === 'no'
      ? 'Nobody has looked for late mail since the last sync yet'
      : passed
        ? 'No mail came to the old server after the switch'
        : `${plural(Number(found('late')), 'message')} came to the old server after the switch and ${found('late') === '1' ? 'was' : 'were'} brought over`,
  'source-unreachable': (found, passed) =>
    passed ? `${found('host')} does not answer any more` : `${found('host')} still answers`,
  'mx-ttl': (found, passed) =>
    `MX TTL is ${count(Number(found('ttl')))} s${passed ? ` on ${servers(found)} of the zone` : '; 3,600 s at most'}${silent(found)}`,
  'mx-ttl-waited': (found, passed) =>
    found('until') === ''
      ? `The old TTL was ${count(Number(found('oldTtl')))} s; it counts from the lowering`
      : `The old TTL of ${count(Number(found('oldTtl')))} s ${passed ? 'has passed' : `passes at ${found('until')}`}`,
  'mx-switched': (found, passed) =>
    passed
      ? `MX leads to ${found('expected')} on ${servers(found)}`
      : found('elsewhere') === ''
        ? `Not every server answered${silent(found)}`
        : `MX has to lead to ${found('expected')}. Not yet on ${found('elsewhere')}; named now: ${found('hosts') || 'nothing'}`,
  'mx-host': (found, passed) =>
    passed
      ? `${found('hosts')} has an address`
      : found('hosts') === ''
        ? 'The tenant names no host for the MX yet'
        : `${found('without')} has no address: mail would be lost`,
  'mx-old-gone': (found, passed) =>
    passed ? 'No server names another host any more' : `Still named: ${found('others') || 'unknown'}${silent(found)}`,
  'mx-waited': (found, passed) =>
    found('until') === ''
      ? 'The time to settle counts from the switch'
      : passed
        ? 'TTL and time to settle have passed'
        : `TTL and time to settle pass at ${found('until')}`,
  spf: (found, passed) =>
    passed
      ? 'SPF: one record, with Exchange Online'
      : found('records') === '0'
        ? 'SPF: there is no record'
        : Number(found('records')) > 1
          ? `SPF: ${found('records')} records, one is allowed`
          : found('missing') === ''
            ? `SPF: ${found('lookups')} lookups, 10 are allowed`
            : `SPF lacks ${found('missing')}`,
  dkim: (found, passed) => (passed ? 'DKIM: both selectors are delegated' : `DKIM: missing ${found('missing')}`),
  dmarc: (found, passed) =>
    passed
      ? `DMARC: p=${found('policy')}`
      : found('records') === '0'
        ? 'DMARC: there is no record'
        : 'DMARC: the record is not usable',
  autodiscover: (found, passed) =>
    passed
      ? 'Autodiscover leads to Exchange Online'
      : `Autodiscover leads to ${found('hosts') || 'nowhere'}, not to ${found('expected') || 'a host the tenant names'}`,
};

const STATES: Readonly<Record<CutoverStatus, string>> = {
  working: 'At work',
  'needs-people': 'Needs you',
  'not-ready': 'Not ready',
  'needs-dns': 'Waits for the DNS',
  paused: 'Rests',
  troubled: 'Cannot look',
  finished: 'Finished',
};

/** English texts of a cutover. */
export const EN_CUTOVER = {
  what: (batch: string, step: number, of: number) => `Cutover of ${batch} · step ${step} of ${of}`,
  of: (batch: string) => `cutover of ${batch}`,
  word: 'Cutover',
  states: STATES,
  steps: STEPS,
  checks: CHECKS,
  finishedTitle: 'The cutover is over',
  finished: (domain: string) => `Mail of **${domain}** is in Exchange Online, and the old server is gone.`,
  paused: (name: string, time: string) => `${name} let it rest at ${time}. Nothing moves until somebody continues it.`,
  agreed: (name: string, time: string) => `${name} went ahead at ${time}, with the agreement of others.`,
  asked: (id: string) => `Approval **${id}** waits for other people.`,
  troubled: 'The last look found nothing out. It is repeated by itself.',
  until: (time: string) => `Waits until **${time}**.`,
  happens: 'What happens',
  reach: 'Reach and way back',
  command: 'In words',
  stepOf: (step: number, of: number, title: string) => `Step ${step} of ${of}: ${title}`,
  without: (step: number, of: number, title: string) => `Do without step ${step} of ${of}: ${title}`,
  affects: 'Affects',
  affected: (users: string, domain: string, staged: number) =>
    staged === 0 ? `${users} in ${domain}, nothing else` : `${users} in ${domain}, and ${count(staged)} not moved yet`,
  wayBack: 'Way back',
  forDns: 'For the owner of the DNS',
  ofDomain: (domain: string, text: string) => `${domain}: ${text}`,
  setMx: (domain: string, host: string) => `MX of ${domain}: ${host}`,
  stagedTitle: (value: number) => `${plural(value, 'user')} not moved yet: forwarding, on each side`,
  stagedTarget: (host: string) =>
    `Exchange Online: forward each of them to a name only the old server takes mail for (Set-Mailbox -ForwardingSmtpAddress ... -DeliverToMailboxAndForward), or make the domain an internal relay with a connector to ${host} for those without a mailbox.`,
  stagedSource: (host: string) =>
    `Old server (${host}): forward everybody who moved to their address at the tenant (name@tenant.onmicrosoft.com), or mail between old and new stays there.`,
  stagedWhat: (batch: string) => `Not moved yet · cutover of ${batch}`,
  stagedNone: 'No other batch has users of these domains who are not moved.',
  stagedSentence: (value: number) =>
    `**${plural(value, 'user')}** of the same domains ${value === 1 ? 'is' : 'are'} not moved yet. From the switch on their mail goes to Exchange Online with everybody else's.`,
  stagedList: (batch: string) =>
    `All of them: **staged users ${batch}**. Forwarding of one of them, tried with a real mail: **probe mail <address>**.`,
  evidence: (passed: number, all: number) => `Evidence · ${passed} of ${all} passed`,
  notNeeded: 'does not block',
  checkedAt: (time: string, rests: boolean) =>
    `Looked at ${time}.${rests ? '' : ' Bellhop looks again by itself, and at every click.'}`,
  notChecked: 'Nobody has looked yet.',
  runbook: 'The runbook',
  waived: (name: string, reason: string) => `without evidence, by ${name}: ${reason}`,
  by: (name: string) => `by ${name}`,
  lateTitle: (value: number) => `${plural(value, 'message')} came to the old server`,
  lateHint: 'They are brought over. Whoever sends there still knows the old host:',
  lateWhat: (batch: string) => `Late mail · cutover of ${batch}`,
  lateNone: 'Nothing came to the old server after the switch.',
  lateSentence: (value: number) =>
    `**${plural(value, 'message')}** came to the old server after the switch and ${value === 1 ? 'was' : 'were'} brought over. Change these senders before the server goes.`,
  lateState: { none: 'None', some: 'Look here' },
  lateHosts: 'By which hosts',
  lateMessages: 'Messages',
  lateHidden: 'Senders are shown in a personal chat.',
  lateFrom: (hosts: string) => `by ${hosts}`,
  noHost: 'no host known',
  started: (name: string, time: string) => `Started by ${name}, ${time}`,
  cancelled: 'Cancelled',
  cancelledSentence:
    'The cutover is forgotten; nothing outside was changed by it. What was decided stays in the record.',
  fallback: (batch: string, step: number, of: number, title: string, state: string) =>
    `Cutover of ${batch}, step ${step} of ${of}: ${title}. ${state}.`,
  buttons: {
    goAhead: 'Ask for go-ahead',
    confirm: 'Confirm',
    pause: 'Pause',
    continue: 'Continue',
    back: 'Back one step',
    refresh: 'Refresh',
    late: 'Late mail',
  },
};
