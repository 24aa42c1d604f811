import type { Failure, FailureCode } from './failure.ts';
import type { BatchName, UserAddress } from './ids.ts';
import type { Prediction } from './predict-duration.ts';

/** Result of `check batch`: a dry run that writes nothing anywhere. Times in ms since 1970, UTC. */
export interface BatchCheck {
  readonly batch: BatchName;
  readonly request: string;
  readonly startedAt: number;
  /** Absent while it runs. */
  readonly finishedAt?: number;
  /** What was checked, and what was found; see check-result.ts. Absent while it runs. */
  readonly subject?: string;
  readonly hash?: string;
  readonly users: number;
  readonly checked: number;
  readonly ready: number;
  /** Messages and bytes of the users that are ready, as the source reports them. */
  readonly items: number;
  readonly bytes: number;
  readonly folders: number;
  readonly largestItem: number;
  readonly problems: readonly CheckProblem[];
  readonly notes: readonly CheckNote[];
  /** Absent when no first sync through this endpoint has been measured. */
  readonly prediction?: Prediction;
  /** Every user of the check, on the disk of the worker. */
  readonly report?: { readonly file: string; readonly bytes: number; readonly sha256: string };
}

/** Users that cannot start, one entry a user. */
export interface CheckProblem {
  readonly user: UserAddress;
  readonly error: Failure;
  /** Which login the source refused, see check-result.ts; absent when something else keeps the user. */
  readonly login?: string;
}

/** Something good to know that stops nobody. */
export interface CheckNote {
  readonly kind:
    | 'oversize'
    | 'left-out'
    | 'renamed-folder'
    | 'odd-name'
    | 'large-mailbox'
    | 'over-quota'
    | 'no-licence'
    | 'clear-text'
    | 'append-lane'
    | 'append-lane-missing';
  readonly count: number;
  readonly text: string;
}

/** Users that cannot start for the same reason. */
export interface ProblemGroup {
  readonly code: FailureCode;
  readonly error: Failure;
  readonly users: readonly UserAddress[];
}

/** Problems by cause, the one that keeps most users first. */
export function problemGroups(problems: readonly CheckProblem[]): readonly ProblemGroup[] {
  const groups = new Map<FailureCode, { error: Failure; users: UserAddress[] }>();
  for (const { user, error } of problems) {
    const group = groups.get(error.code) ?? { error, users: [] };
    group.users.push(user);
    groups.set(error.code, group);
  }
  return [...groups].map(([code, group]) => ({ code, ...group })).sort((a, b) => b.users.length - a.users.length);
}
