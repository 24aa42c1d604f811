import { type FailureCode, MigrationError } from '../engine/domain/failure.ts';
import type { BatchName } from '../engine/domain/ids.ts';
import type { World } from '../engine/ports.ts';
import { commandWords } from './commands/command.ts';
import { batchOf } from './commands/batch-of.ts';
import type { ParsedCommand } from './commands/parse.ts';
import type { Person } from './read-activity.ts';

/** What says that somebody asked for more than they may, or for what may not be done now. */
const REFUSALS: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'NotAllowed',
  'ApprovalOwn',
  'ApprovalTwice',
  'ApprovalOver',
  'BreakGlassSpent',
  'SecondPersonNeeded',
  'CutoverNotAtStep',
  'CutoverNotPossible',
  'CutoverNotProven',
  'CutoverNoWayBack',
  'CutoverFirst',
]);

const HOUR = 3_600_000;
/** Entries of one person, and of all people, in an hour: the chain is no place to fill a disk from. */
const MOST_OF_PERSON = 5;
const MOST_OF_ALL = 60;

/** Brings refused commands into the audit chain: who tried what, and why not. */
export class Refusals {
  readonly #world: World;
  #since = 0;
  #counts = new Map<string, number>();
  #total = 0;
  #leftOut = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Notes a refusal. `isHome`: a person of our own tenants. Never throws: people hear why in any case. */
  async note(error: unknown, { command, args }: ParsedCommand, by: Person, isHome: boolean): Promise<void> {
    if (!(error instanceof MigrationError) || !REFUSALS.has(error.code)) return;
    const leftOut = this.#take(`${by.tenantId}/${by.id}`);
    if (leftOut === undefined) return;
    try {
      const { about, batch } = await this.#aboutOf(args);
      const event = {
        type: 'CommandRefused',
        command: commandWords(command.usage),
        code: error.code,
        ...(about === undefined ? {} : { about }),
        ...(batch === undefined ? {} : { batch }),
        ...(isHome ? {} : { tenant: by.tenantId.slice(0, 64) }),
        ...(leftOut === 0 ? {} : { leftOut }),
      } as const;
      await this.#world.store.publish([event], { id: by.id.slice(0, 64), name: by.name.slice(0, 100) });
    } catch {
      this.#world.log.warn({ code: error.code }, 'a refused command could not be noted');
    }
  }

  // How many were left out since the last entry; undefined when this one is.
  #take(person: string): number | undefined {
    const now = this.#world.clock.now();
    if (now - this.#since >= HOUR / this.#world.settings.timeScale) {
      this.#since = now;
      this.#counts = new Map();
      this.#total = 0;
    }
    const mine = this.#counts.get(person) ?? 0;
    if (mine >= MOST_OF_PERSON || this.#total >= MOST_OF_ALL) {
      this.#leftOut += 1;
      return undefined;
    }
    this.#counts.set(person, mine + 1);
    this.#total += 1;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }

  // Only what exists is named: the words of a stranger do not become names of ours.
  async #aboutOf(args: ParsedCommand['args']): Promise<{ readonly about?: string; readonly batch?: BatchName }> {
    const { store } = this.#world;
    const { id } = args;
    const approval = typeof id === 'string' ? await store.approval(id) : undefined;
    const batch = approval === undefined ? await batchOf(args, this.#world) : approval.plan.batch;
    const isOurs = batch !== undefined && (await store.batch(batch)) !== undefined;
    return { ...(approval === undefined ? {} : { about: approval.id }), ...(isOurs ? { batch } : {}) };
  }
}
