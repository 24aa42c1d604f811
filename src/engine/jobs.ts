import { completeDueBatches } from './completion.ts';
import { runCheckCutover, watchCutovers } from './cutover-check.ts';
import { runTestEndpoint } from './endpoints.ts';
import { lookAtExpiries } from './expiry.ts';
import { runFindLateMail } from './late-mail.ts';
import { runCheckBatch } from './preflight.ts';
import type { JobName, Jobs, World } from './ports.ts';
import { startDueBatches } from './planned-starts.ts';
import { runSyncMailbox } from './run-sync.ts';
import { runPlanMailbox } from './plan.ts';
import { runProbeMail } from './probe.ts';
import { runVerifyMailbox } from './verify.ts';
import { runScheduleSyncs } from './scheduling.ts';
import { runWatchMailboxes } from './watch-mailboxes.ts';

/** Runs a job; `again` asks to run it once more after so many ms, without a worker waiting for it. */
export type JobHandler<Name extends JobName> = (
  payload: Jobs[Name],
  signal: AbortSignal,
) => Promise<void | { readonly again: number }>;

export type JobHandlers = { readonly [Name in JobName]: JobHandler<Name> };

/** What the queue runs. */
export function jobHandlers(world: World): JobHandlers {
  return {
    'schedule-syncs': async () => {
      await startDueBatches(world);
      await completeDueBatches(world);
      await lookAtExpiries(world);
      await watchCutovers(world);
      await runScheduleSyncs(world);
    },
    'sync-mailbox': (payload, signal) => runSyncMailbox(world, payload, signal),
    'watch-mailboxes': (payload, signal) => runWatchMailboxes(world, payload, signal),
    'check-batch': (payload, signal) => runCheckBatch(world, payload, signal),
    'plan-mailbox': (payload, signal) => runPlanMailbox(world, payload, signal),
    'probe-mail': (payload, signal) => runProbeMail(world, payload, signal),
    'verify-mailbox': (payload, signal) => runVerifyMailbox(world, payload, signal),
    'check-cutover': (payload, signal) => runCheckCutover(world, payload, signal),
    'find-late-mail': (payload, signal) => runFindLateMail(world, payload, signal),
    'test-endpoint': (payload, signal) => runTestEndpoint(world, payload, signal),
  };
}
