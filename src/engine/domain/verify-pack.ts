import type { AuditEntry } from './audit-entry.ts';
import type { CloseOut, CloseOutUser } from './close-out.ts';
import { type Items, NO_ITEMS, addItems, imbalance } from './items.ts';
import type { RecordProblem } from './verify-record.ts';
import { dataConsistencyScore } from './score.ts';
import { verdictOf, verificationReport } from './verification.ts';

interface PackVerdict {
  readonly problems: readonly RecordProblem[];
  readonly users: number;
  readonly messages: number;
}

const FILE = 'pack.json';
const COUNTS = Object.keys(NO_ITEMS) as readonly (keyof Items)[];

/** Whether the pack is compared with an entry: with who verified, waived and decided. */
export function isForPack({ type, details }: AuditEntry): boolean {
  return type === 'Verified' || type === 'SkippedApproved' || details['approval'] !== undefined;
}

/**
 * Checks what pack.json says against itself and against the chain: books of every user and their sum, scores by the
 * published rule, reports of verifications by their hash, approvals and waivers by the entries of those who gave them.
 */
export function checkPack(bytes: Uint8Array | undefined, batch: string, entries: readonly AuditEntry[]): PackVerdict {
  if (bytes === undefined) return { problems: [], users: 0, messages: 0 };
  const pack = readPack(bytes);
  if (pack === undefined)
    return { problems: [{ file: FILE, text: 'it is not what a record says' }], users: 0, messages: 0 };
  const problems: RecordProblem[] = [];
  const say = (where: string, text: string): void => void problems.push({ file: FILE, where, text });
  if (pack.batch.identity !== batch) say('batch', `it is about ${pack.batch.identity}, the manifest about ${batch}`);
  // Strings that are read are ever compared, never believed; a shape that is not what it should be ends in one sentence.
  try {
    const byUser = Map.groupBy(entries, ({ details }) => details['user']);
    for (const user of pack.users) checkUser(user, byUser.get(user.address) ?? [], say);
    const sum = addItems(pack.users.map(({ items }) => items));
    for (const count of COUNTS)
      if (sum[count] !== pack.items[count])
        say('items', `${count} of the batch is ${pack.items[count]}, its users have ${sum[count]}`);
    const byApproval = Map.groupBy(entries, ({ details }) => details['approval']);
    for (const approval of pack.approvals) checkApproval(approval, byApproval.get(approval.identity) ?? [], say);
  } catch {
    say('users', 'it is not what a record says');
  }
  return { problems, users: pack.users.length, messages: pack.items.source };
}

type Say = (where: string, text: string) => void;

function checkUser(user: CloseOutUser, entries: readonly AuditEntry[], say: Say): void {
  const { address, items, score, reasons, verification, skippedItems } = user;
  if (COUNTS.some((count) => !Number.isSafeInteger(items[count]) || items[count] < 0))
    return say(address, 'its books are no numbers');
  const difference = imbalance(items);
  // Books that do not balance are said to be so by the score, and by us.
  if (difference !== 0)
    say(address, `its books do not balance: ${Math.abs(difference)} of ${items.source} messages are unaccounted for`);
  if (score !== null && dataConsistencyScore(reasons, items.source) !== score)
    say(address, `its score is not ${score} by the published rule`);
  checkWaivers(address, skippedItems, entries, say);
  if (verification === null) return;
  const { sha256 } = verificationReport(verification.verification);
  if (sha256 !== verification.sha256)
    say(address, 'the report of its verification does not have the hash it should have');
  if (verdictOf(verification.verification) !== verification.verdict)
    say(address, 'its verification says another verdict');
  const recorded = entries.filter(({ type }) => type === 'Verified');
  // Verifications from before the chain knew hashes carry none.
  if (!recorded.some(({ details }) => details['sha256'] === undefined || details['sha256'] === verification.sha256))
    say(address, 'its verification is not the one in the audit chain');
}

function checkWaivers(
  address: string,
  skipped: CloseOutUser['skippedItems'],
  entries: readonly AuditEntry[],
  say: Say,
): void {
  const waived = entries.filter(({ type }) => type === 'SkippedApproved');
  const unknown = skipped.filter(
    ({ approved }) =>
      approved !== null &&
      !waived.some(({ by }) => by?.name === approved.by && (approved.byId === null || by.id === approved.byId)),
  );
  if (unknown.length > 0)
    say(address, `${unknown.length} of its waivers are by somebody who gave none in the audit chain`);
}

function checkApproval(approval: CloseOut['approvals'][number], own: readonly AuditEntry[], say: Say): void {
  const { identity, planHash, requestedBy, decisions } = approval;
  if (own.some((entry) => entry.planHash !== planHash)) say(identity, 'the audit chain knows another plan');
  if (!own.some(({ type, by }) => type === 'ApprovalRequested' && by?.id === requestedBy.id))
    say(identity, `the audit chain does not know that ${requestedBy.name} asked for it`);
  for (const { by, verdict } of decisions) {
    if (!own.some((e) => e.type === 'ApprovalDecided' && e.by?.id === by.id && e.details['verdict'] === verdict))
      say(identity, `the audit chain does not know that ${by.name} ${verdict} it`);
    const said = decisions.some((each) => each.by.id === by.id && each.breakGlass === true);
    if (own.some((e) => e.type === 'GlassBroken' && e.by?.id === by.id) !== said)
      say(identity, `the pack and the audit chain do not agree on whether ${by.name} broke the glass`);
  }
}

function readPack(bytes: Uint8Array): CloseOut | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    return isPack(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

// The outline; what is inside a user is looked at where it is used.
function isPack(value: unknown): value is CloseOut {
  if (typeof value !== 'object' || value === null) return false;
  const { batch, items, users, approvals } = { ...value } as Record<string, unknown>;
  return (
    [batch, items].every((each) => typeof each === 'object' && each !== null) &&
    Array.isArray(users) &&
    users.every((user) => typeof user === 'object' && user !== null) &&
    Array.isArray(approvals)
  );
}
