import { approvalCard, approvalsCard } from '../../cards/approval-card.ts';
import { approvalEyes } from '../../cards/eyes.ts';
import {
  approvalDone,
  approvalDrifted,
  approvalView,
  breakGlass,
  decideApproval,
  openApprovals,
  requestApproval,
  requireApproval,
  withdrawRevoked,
} from '../../engine/approvals.ts';
import { type Approval, type ApprovalPlan, hashOf } from '../../engine/domain/approval.ts';
import { MigrationError } from '../../engine/domain/failure.ts';
import { batchOf } from './batch-of.ts';
import { type Argument, type Command, type CommandContext, type CommandReply, command } from './command.ts';
import { type ParsedCommand, parseCommand, runCommand } from './parse.ts';

const idArgument = {
  read: (text: string) => (/^[0-9a-f]{6}$/i.test(text) ? text.toUpperCase() : undefined),
  expects: 'the id of an approval, such as 7F3A9C',
} satisfies Argument<string>;

const LONGEST_REASON = 300;

const reasonArgument = {
  read: (text: string) => (text.trim() === '' ? undefined : text.trim().slice(0, LONGEST_REASON)),
  expects: 'a reason, in your words',
  rest: true,
} satisfies Argument<string>;

/**
 * Asks for the approval a command needs, if it needs one here: undefined when it may run at once. The plan is what the
 * command would touch now; a command that would touch nothing runs, and says so.
 */
export async function askApproval(
  text: string,
  parsed: ParsedCommand,
  context: CommandContext,
): Promise<CommandReply | undefined> {
  const { approval } = parsed.command;
  const { approvals } = context.world.settings;
  if (approval === 'always' && approvals === 0) throw new MigrationError('SecondPersonNeeded');
  if (approval === undefined || approvals === 0) return undefined;
  const plan = await planOf(text, parsed, context);
  if (plan === undefined) return undefined;
  // Asked from another card's button, the question stands below it: that card stays what it is.
  const { replaces: _replaces, ...reply } = shown(await requestApproval(context.world, plan, context.by), context);
  return reply;
}

async function planOf(
  text: string,
  { command: asked, args }: ParsedCommand,
  context: CommandContext,
): Promise<ApprovalPlan | undefined> {
  const touched = await asked.reach?.(args, context);
  if (touched === undefined) return undefined;
  const said = text.replaceAll(/ ?\bconfirm=\S*/gi, '').trim();
  const batch = await batchOf(args, context.world);
  return {
    ...{ text: said, title: asked.title, count: touched.count, of: touched.of ?? 'users', sample: touched.sample },
    ...(batch === undefined ? {} : { batch }),
    ...(touched.cutover === undefined ? {} : { cutover: touched.cutover }),
  };
}

function shown(approval: Approval, { world, here, locale }: CommandContext): CommandReply {
  const view = approvalView(approval, world.clock.now());
  return {
    view,
    card: approvalCard(view, locale),
    cardFor: (eyes) => approvalCard(view, locale, approvalEyes(approval, eyes)),
    replaces: true,
    ...(here === undefined || view.state !== 'open' ? {} : { pending: { request: approval.id, until: 'Decided' } }),
  };
}

/** The commands of approvals; `table` is every command, because an approved one is carried out by its words. */
export function approvalCommands(table: () => readonly Command[]): readonly Command[] {
  // Looked at once more at the moment of the click: what was approved is done, or nothing.
  async function carryOut(approval: Approval, context: CommandContext): Promise<Approval> {
    const { world, locale } = context;
    const asRequester = { world, locale, by: approval.requestedBy };
    const parsed = parseCommand(approval.plan.text, { commands: table() });
    const plan = await planOf(approval.plan.text, parsed, asRequester);
    if (plan === undefined || hashOf(plan) !== approval.planHash) return approvalDrifted(world, approval, plan);
    await runCommand(parsed, { ...asRequester, approved: { evidence: plan.cutover?.evidence } });
    return approvalDone(world, approval.id);
  }

  const approve = command({
    usage: 'approve <id>',
    title: 'Approve',
    help: 'Agree to what somebody else asked for. It is carried out when enough people agreed, and only if nothing changed since.',
    examples: ['approve 7F3A9C'],
    aliases: ['genehmige', 'genehmigen', 'zustimmen'],
    permission: 'approve',
    topic: 'Finish',
    args: { id: idArgument },
    async run({ id }, context) {
      if (context.mayStill !== undefined) await withdrawRevoked(context.world, id, context.mayStill);
      const { approval, apply } = await decideApproval(context.world, id, { verdict: 'approved' }, context.by);
      return shown(apply ? await carryOut(approval, context) : approval, context);
    },
  });

  const reject = command({
    usage: 'reject <id> <reason>',
    title: 'Reject',
    help: 'Refuse what somebody else asked for, with the reason.',
    examples: ['reject 7F3A9C not before Monday'],
    aliases: ['ablehnen', 'lehne ab', 'decline'],
    permission: 'approve',
    topic: 'Finish',
    args: {
      id: idArgument,
      reason: reasonArgument,
    },
    async run({ id, reason }, context) {
      const { approval } = await decideApproval(context.world, id, { verdict: 'rejected', reason }, context.by);
      return shown(approval, context);
    },
  });

  const breakTheGlass = command({
    usage: 'break glass <id> <reason>',
    title: 'Break the glass',
    help: 'Decide an open approval alone, in an emergency, with the reason. Everybody is told at once, and it stays in the record. At most three times a day; what changed since it was asked is not carried out.',
    examples: ['break glass 7F3A9C the old server is failing, nobody else can be reached'],
    aliases: ['break-glass', 'notfall'],
    permission: 'break-glass',
    topic: 'Finish',
    args: { id: idArgument, reason: reasonArgument },
    async run({ id, reason }, context) {
      const { approval, apply } = await breakGlass(context.world, id, reason, context.by);
      return shown(apply ? await carryOut(approval, context) : approval, context);
    },
  });

  const approvals = command({
    usage: 'approvals [id]',
    title: 'Approvals',
    help: 'Show what waits for somebody to agree, or one approval with everything that was decided.',
    examples: ['approvals', 'approvals 7F3A9C'],
    aliases: ['genehmigungen', 'open approvals'],
    permission: 'view',
    topic: 'Look',
    args: { id: { ...idArgument, optional: true } },
    async run({ id }, { world, locale }) {
      if (id !== undefined) {
        const approval = await requireApproval(world, id);
        const view = approvalView(approval, world.clock.now());
        return {
          view,
          card: approvalCard(view, locale),
          cardFor: (eyes) => approvalCard(view, locale, approvalEyes(approval, eyes)),
        };
      }
      const view = await openApprovals(world);
      return { view, card: approvalsCard(view, new Date(world.clock.now()).toISOString(), locale) };
    },
  });

  return [approve, reject, breakTheGlass, approvals];
}
