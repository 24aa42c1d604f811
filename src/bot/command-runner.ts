import { confirmCard } from '../cards/confirm-card.ts';
import { ENGLISH, localeFor } from '../cards/locale.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { World } from '../engine/ports.ts';
import { askApproval } from './commands/approval-commands.ts';
import {
  type CommandContext,
  type CommandReply,
  type Here,
  type Needed,
  type Permission,
  commandWords,
} from './commands/command.ts';
import { COMMANDS } from './commands/index.ts';
import { type ParsedCommand, bareCommand, includes, parseCommand, runCommand } from './commands/parse.ts';
import type { Turn } from './migration-bot.ts';
import type { Roles } from './permissions.ts';
import type { Person } from './read-activity.ts';
import { Refusals } from './refusals.ts';

const ROLE_NAMES = { view: 'viewer', operate: 'operator', approve: 'approver', 'break-glass': 'break-glass' } as const;

/** The one way from words to an answer, whoever or whatever said them: parse, ask for the role, ask for approval, run. */
export class CommandRunner {
  readonly #world: World;
  readonly #roles: Roles;
  readonly #refusals: Refusals;

  constructor(world: World, roles: Roles) {
    this.#world = world;
    this.#roles = roles;
    this.#refusals = new Refusals(world);
  }

  /** The permission a person holds now. Throws NotAllowed where it is not enough. */
  async permit(by: Person, needed: Needed, turn: Turn): Promise<Permission> {
    const isGuest = (): Promise<boolean> => turn.isGuest();
    const held = await this.#roles.permissionOf(by, isGuest);
    const may =
      needed === 'break-glass'
        ? await this.#roles.breaksGlass(by, isGuest)
        : held !== undefined && includes(held, needed);
    if (held === undefined || !may) throw new MigrationError('NotAllowed', { role: ROLE_NAMES[needed] });
    return held;
  }

  /** A command with a form, written alone, is explained and its form offered: to those who may use it. */
  async answer(text: string, by: Person | undefined, here: Here, turn: Turn): Promise<CommandReply> {
    const bare = bareCommand(text, { commands: COMMANDS });
    if (bare?.form === undefined || by === undefined) return this.carryOut(text, by, here, turn);
    await this.permit(by, bare.permission, turn);
    return this.carryOut(`help ${commandWords(bare.usage)}`, by, here, turn);
  }

  async carryOut(text: string, by: Person | undefined, here: Here, turn: Turn): Promise<CommandReply> {
    const world = this.#world;
    const parsed = parseCommand(text, { commands: COMMANDS });
    // Help for a team that just installed Bellhop is the one thing nobody has to ask for.
    if (by === undefined) return runCommand(parsed, { world, by: { id: 'bellhop', name: 'Bellhop' }, locale: ENGLISH });
    const mayStill = (person: string): Promise<boolean> => this.#roles.stillMay(person, 'approve');
    const context = { world, by: { id: by.id, name: by.name }, here, mayStill, locale: localeFor(by.locale) };
    try {
      await this.permit(by, parsed.command.permission, turn);
      return (
        (await askApproval(text, parsed, context)) ??
        (await question(text, parsed, context)) ??
        (await runCommand(parsed, context))
      );
    } catch (error) {
      await this.#refusals.note(error, parsed, by, this.#roles.isHome(by));
      throw error;
    }
  }
}

// A confirmation counts for the number it was given for: when that changed, the question is asked again.
async function question(
  text: string,
  { command, args, confirmed }: ParsedCommand,
  context: CommandContext,
): Promise<CommandReply | undefined> {
  const reach = await command.reach?.(args, context);
  if (reach === undefined || confirmed === String(reach.count)) return undefined;
  const asked = text.replaceAll(/ ?\bconfirm=\S*/gi, '');
  return { view: reach, card: confirmCard({ text: asked, title: command.title, ...reach }, context.locale) };
}
