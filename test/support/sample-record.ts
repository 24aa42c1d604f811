import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { decideApproval, requestApproval } from '../../src/engine/approvals.ts';
import type { Actor } from '../../src/engine/domain/actor.ts';
import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import type { Items } from '../../src/engine/domain/items.ts';
import { verificationReport } from '../../src/engine/domain/verification.ts';
import type { MigrationUser } from '../../src/engine/domain/migration-user.ts';
import type { SkippedItem } from '../../src/engine/domain/progress.ts';
import { approveSkipped } from '../../src/engine/skipped.ts';
import type { World } from '../../src/engine/ports.ts';
import { OPERATOR, address, batchName, sampleBatch, sampleProgress, sampleUser } from '../contracts/sample-records.ts';

export const APPROVER: Actor = { id: '0a11ce00-0000-4000-8000-000000000002', name: 'Approver A' };

/** Two batches that were migrated, as the store of a real Redis has them: skipped and approved, verified, agreed to. */
export async function migrateSamples(world: World): Promise<BatchName> {
  const batch = batchName('sales-1');
  for (const name of [batch, batchName('branch-2')]) {
    await world.store.addBatch(sampleBatch(name), [{ type: 'BatchCreated', batch: name }], OPERATOR);
    const users = ['ada', 'grace', 'edsger'].map((each) => sampleUser(`${each}@${name}.contoso.example`, name));
    await world.store.addUsers(users, [{ type: 'UsersAdded', batch: name, count: users.length }], OPERATOR);
    await world.store.publish([{ type: 'BatchStarted', batch: name }], OPERATOR);
    for (const [at, user] of users.entries()) await migrate(world, user, at);
  }
  await approveSkipped(world, { user: address(`ada@${batch}.contoso.example`) }, APPROVER);
  const plan = {
    text: `complete batch ${batch}`,
    title: 'Complete batch',
    count: 3,
    of: 'users' as const,
    sample: [],
    batch,
  };
  const { id } = await requestApproval(world, plan, OPERATOR);
  await decideApproval(world, id, { verdict: 'approved' }, APPROVER);
  return batch;
}

async function migrate({ store, clock }: World, { address: user, batch }: MigrationUser, at: number): Promise<void> {
  const now = clock.now();
  const items: Items = {
    ...sampleProgress(0).items,
    source: 1000 + at,
    copied: 990,
    adopted: 8,
    skipped: 2,
    excluded: at,
    pending: 0,
  };
  await store.saveProgress(user, batch, {
    ...sampleProgress(0),
    items,
    bytesTransferred: 81_234_567,
    reasons: [{ kind: 'metadata', count: 3, text: 'very long headers are cut' }],
    ...(at === 1 ? { findings: { RemovalHeld: { count: 40, folders: ['INBOX (40)'] } } } : {}),
  });
  await store.publish([{ type: 'UserSyncStarted', batch, user, initial: true }]);
  await store.publish([{ type: 'UserSynced', batch, user, initial: true, copied: 990, items }]);
  await store.changeUser(user, (current) => ({
    to: { ...current, status: 'Synced', lastSuccessfulSyncAt: now },
    events: [],
  }));
  await store.saveSkipped(user, [skipped(7, 'large'), skipped(9, 'corrupt')]);
  if (at < 2) await verified(store, user, batch, now);
}

function skipped(uid: number, kind: SkippedItem['kind']): SkippedItem {
  const reason = kind === 'large' ? 'The message has 52 MB, the target takes 35 MB.' : 'The server cannot deliver it.';
  return {
    folder: 'INBOX/<Réunions> & "co"',
    uidValidity: '17',
    uid,
    size: 52_000_000,
    kind,
    code: 'ItemTooLarge',
    reason,
    subject: 'Salaries 2026',
    from: 'ceo@contoso.example',
  };
}

async function verified(store: World['store'], user: UserAddress, batch: BatchName, at: number): Promise<void> {
  const folder = {
    source: 'INBOX',
    sourceItems: 1000,
    inTarget: 990,
    elsewhere: 8,
    skipped: 2,
    excluded: 0,
    removedByOwner: 0,
    missing: 0,
    different: 0,
    surplus: 0,
    uids: [],
  };
  const verification = { user, batch, request: 'cafe', startedAt: at, finishedAt: at + 900, folders: [folder] };
  const { sha256 } = verificationReport(verification);
  const event = { type: 'Verified' as const, batch, user, request: 'cafe', verdict: 'equal' as const, sha256 };
  await store.saveVerification({ ...verification, file: '/var/lib/bellhop/reports/x.json', sha256 }, [event]);
}

interface Finished {
  readonly code: number | null;
  readonly out: string;
}

/** Runs `bellhop verify-record` as a stranger would: in an empty directory, with an empty environment. */
export function verifyAlone(...words: readonly string[]): Promise<Finished> {
  return run(join(import.meta.dirname, '../../src/main.ts'), ['verify-record', ...words]);
}

/** The script of docs/record.md, which shares no code with Bellhop. */
export function verifyIndependently(...words: readonly string[]): Promise<Finished> {
  return run(join(import.meta.dirname, '../../docs/verify-record.mjs'), words);
}

async function run(script: string, words: readonly string[]): Promise<Finished> {
  const child = spawn(process.execPath, [script, ...words], { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}
