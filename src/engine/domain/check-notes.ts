import type { CheckNote } from './batch-check.ts';
import type { MailboxFinding } from './check-result.ts';
import type { MigrationEndpoint } from './endpoint.ts';

/** The smallest quota of licences with Exchange Online that people commonly have. */
const COMMON_QUOTA = 50_000_000_000;

const APPEND_LANE: Readonly<Record<MailboxFinding['appendLane'], string>> = {
  open: 'mailboxes take signed mail and invitations as they are (append lane)',
  closed: 'mailboxes cannot be reached by IMAP: signed mail and invitations lose details (append lane)',
  off: 'mailboxes are written without the append lane, which is off: signed mail and invitations lose details',
};

/** What is good to know of the mailboxes a check looked at, each with how many it is about. */
export function checkNotes(mailboxes: readonly MailboxFinding[], endpoint: MigrationEndpoint): readonly CheckNote[] {
  const total = (of: (mailbox: MailboxFinding) => number): number => mailboxes.reduce((sum, each) => sum + of(each), 0);
  const lane = (state: MailboxFinding['appendLane']): number => total((each) => (each.appendLane === state ? 1 : 0));
  const notes: readonly CheckNote[] = [
    {
      kind: 'oversize',
      count: total((each) => each.oversize),
      text: 'messages are larger than the target takes and will be skipped',
    },
    { kind: 'left-out', count: total((each) => each.leftOut), text: 'messages are left out by date or size' },
    { kind: 'renamed-folder', count: total((each) => each.renamed), text: 'folder names change to fit Exchange' },
    {
      kind: 'odd-name',
      count: total((each) => each.odd),
      text: 'folder names have invisible characters or blanks around them',
    },
    {
      kind: 'large-mailbox',
      count: total((each) => (each.quota === undefined && each.bytes > COMMON_QUOTA ? 1 : 0)),
      text: 'mailboxes are larger than 50 GB, the quota of many licences',
    },
    {
      kind: 'over-quota',
      count: total(({ quota, bytes }) => (quota !== undefined && quota.bytes > 0 && bytes > quota.bytes ? 1 : 0)),
      text: 'mailboxes are larger at the source than their licence allows in the target',
    },
    {
      kind: 'no-licence',
      count: total(({ quota }) => (quota?.bytes === 0 ? 1 : 0)),
      text: 'users have no licence for Exchange Online: their mailboxes are taken away after 30 days',
    },
    { kind: 'append-lane', count: lane('open'), text: APPEND_LANE.open },
    { kind: 'append-lane-missing', count: lane('closed'), text: APPEND_LANE.closed },
    { kind: 'append-lane-missing', count: lane('off'), text: APPEND_LANE.off },
    {
      kind: 'clear-text',
      count: endpoint.security === 'none' ? 1 : 0,
      text: 'the endpoint sends passwords in clear text',
    },
  ];
  return notes.filter(({ count }) => count > 0);
}
