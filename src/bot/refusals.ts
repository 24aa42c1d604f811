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
const MOST = { ofPerson: 5, ofAll: 60 } as const;

/** Brings refused commands into the audit chain: who tried what, and why not. */
export class Refusals {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Notes a refusal. `isHome`: a person of our own tenants. Never throws: people hear why in any case. */
  async note(error: unknown, { command, args }: ParsedCommand, by: Person, isHome: boolean): Promise<void> {
    if (!(error instanceof MigrationError) || !REFUSALS.has(error.code)) return;
    const { refusals, settings } = this.#world;
    try {
      const within = HOUR / settings.timeScale;
      const leftOut = await refusals.take(`${by.tenantId}/${by.id}`, { ...MOST, within });
      if (leftOut === undefined) return;
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
