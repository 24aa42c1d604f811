import type { Failure } from './failure.ts';
import type { BatchName, UserAddress } from './ids.ts';

/** Result of `check batch`: a dry run that writes nothing anywhere. Times in ms since 1970, UTC. */
export interface BatchCheck {
  readonly batch: BatchName;
  readonly request: string;
  readonly startedAt: number;
  /** Absent while it runs. */
  readonly finishedAt?: number;
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
}

/** Users that cannot start, one entry a user. */
export interface CheckProblem {
  readonly user: UserAddress;
  readonly error: Failure;
}

/** Something good to know that stops nobody. */
export interface CheckNote {
  readonly kind: 'oversize' | 'renamed-folder' | 'large-mailbox' | 'clear-text' | 'append-lane' | 'append-lane-missing';
  readonly count: number;
  readonly text: string;
}
