import { cutoverCard } from '../../cards/cutover-card.ts';
import { lateMailCard } from '../../cards/late-mail-card.ts';
import { stagedCard } from '../../cards/staged-card.ts';
import { noticeCard } from '../../cards/notice-card.ts';
import { backCutover, cancelCutover, continueCutover, pauseCutover, startCutover } from '../../engine/cutover.ts';
import { confirmStep, goAheadWithStep, planStep, refuseStep, waiveStep } from '../../engine/cutover-steps.ts';
import { lookSoon } from '../../engine/cutover-check.ts';
import { stagedView } from '../../engine/staged-view.ts';
import { cutoverView } from '../../engine/cutover-view.ts';
import type { CutoverPlan } from '../../engine/domain/approval.ts';
import { type CutoverStep, STEP_NAMES } from '../../engine/domain/cutover.ts';
import type { BatchName } from '../../engine/domain/ids.ts';
import { batchArgument, readSpan } from './arguments.ts';
import { type Argument, type CommandContext, type CommandReply, type Reach, command } from './command.ts';

const LONGEST_REASON = 300;
const SAMPLE = 3;

// By its name or by its number on the card.
function readStep(text: string): CutoverStep | undefined {
  return STEP_NAMES[Number(text) - 1] ?? STEP_NAMES.find((step) => step === text.toLowerCase());
}

const stepArgument = {
  read: readStep,
  expects: 'a step of the cutover, such as mx-switched',
} satisfies Argument<CutoverStep>;

const reasonArgument = {
  read: (text: string) => (text.trim() === '' ? undefined : text.trim().slice(0, LONGEST_REASON)),
  expects: 'a reason, in your words',
  rest: true,
} satisfies Argument<string>;

const domainArgument = {
  read: (text: string) =>
    text.split(',').every((each) => /^[\p{L}\p{N}.-]{3,253}$/u.test(each) && each.includes('.'))
      ? text.toLowerCase()
      : undefined,
  expects: 'domain= and a domain such as example.com, or several with commas',
  named: true,
  optional: true,
  also: ['domäne'],
} satisfies Argument<string>;

const settleArgument = {
  read: readSpan,
  expects: 'settle= and a time such as 72h',
  named: true,
  optional: true,
  also: ['nachlauf'],
} satisfies Argument<number>;

// The card of a cutover is live: the latest one is edited when the cutover moves.
async function shown({ world, locale, here }: CommandContext, batch: BatchName): Promise<CommandReply> {
  const view = await cutoverView(world, batch);
  const isLive = here !== undefined && view.state !== 'finished';
  return {
    view,
    card: cutoverCard(view, locale),
    replaces: true,
    ...(isLive ? { pending: { request: `cutover-${batch}`, until: 'CutoverMoved' } } : {}),
  };
}

export const startCutoverCommand = command({
  usage: 'start cutover <batch> [domain=] [settle=72h]',
  title: 'Start cutover',
  help: 'Begin the runbook from "everything is copied" to "the old server is gone": one step at a time, each with its evidence. It changes nothing outside by itself.',
  examples: ['start cutover sales-1', 'start cutover sales-1 domain=example.com settle=96h'],
  aliases: ['umstellung starten', 'starte umstellung'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument, domain: domainArgument, settle: settleArgument },
  async run({ batch, domain, settle }, context) {
    await startCutover(context.world, { batch, domain, settle }, context.by);
    return shown(context, batch);
  },
});

export const cutoverCommand = command({
  usage: 'cutover <batch>',
  title: 'Cutover',
  help: 'Show where the cutover of a batch stands: what was found, what is next, who decided what.',
  examples: ['cutover sales-1'],
  aliases: ['umstellung', 'show cutover'],
  permission: 'view',
  topic: 'Finish',
  args: { batch: batchArgument },
  async run({ batch }, context) {
    const reply = await shown(context, batch);
    await lookSoon(context.world, batch);
    return reply;
  },
});

export const goAheadCommand = command({
  usage: 'go ahead <batch> <step>',
  title: 'Go ahead',
  help: 'Ask for the go-ahead of a step that changes something. Other people agree to it with the evidence as it is; when that changes, they are asked anew.',
  examples: ['go ahead sales-1 mx-switched', 'go ahead sales-1 complete'],
  aliases: ['freigabe', 'freigeben'],
  permission: 'operate',
  approval: true,
  topic: 'Finish',
  args: { batch: batchArgument, step: stepArgument },
  reach: ({ batch, step }, context) => reachOf(context, batch, step, 'go-ahead'),
  async run({ batch, step }, context) {
    const { world, by, approved } = context;
    // Where others have to agree and were not asked, there was nothing to agree to: it is said why, whatever is true by now.
    if (approved === undefined && world.settings.approvals > 0) await refuseStep(world, batch, step, 'go-ahead');
    else await goAheadWithStep(world, batch, step, by, approved?.evidence);
    return shown(context, batch);
  },
});

export const confirmStepCommand = command({
  usage: 'confirm step <batch> <step>',
  title: 'Confirm step',
  help: 'Say that a step only a person can know of is done, such as that people were informed. Your name and the time are kept.',
  examples: ['confirm step sales-1 people-informed'],
  aliases: ['schritt bestätigen', 'bestätige'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument, step: stepArgument },
  async run({ batch, step }, context) {
    await confirmStep(context.world, batch, step, context.by);
    return shown(context, batch);
  },
});

export const waiveStepCommand = command({
  usage: 'waive step <batch> <step> <reason>',
  title: 'Waive step',
  help: 'Do without the evidence of a step, by name and with a reason. Somebody else has to agree, always.',
  examples: ['waive step sales-1 old-mx-gone "The old host is switched off"'],
  aliases: ['verzichte auf', 'schritt auslassen'],
  permission: 'operate',
  approval: 'always',
  topic: 'Finish',
  args: { batch: batchArgument, step: stepArgument, reason: reasonArgument },
  reach: ({ batch, step }, context) => reachOf(context, batch, step, 'waive'),
  async run({ batch, step, reason }, context) {
    const { world, by, approved } = context;
    if (approved?.evidence === undefined) await refuseStep(world, batch, step, 'waive');
    else await waiveStep(world, batch, step, { reason, evidence: approved.evidence }, by);
    return shown(context, batch);
  },
});

export const pauseCutoverCommand = command({
  usage: 'pause cutover <batch> [reason]',
  title: 'Pause cutover',
  help: 'Let a cutover rest: no step passes until somebody continues it.',
  examples: ['pause cutover sales-1 waiting for the DNS owner'],
  aliases: ['umstellung anhalten', 'hold cutover'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument, reason: { ...reasonArgument, optional: true } },
  async run({ batch, reason }, context) {
    await pauseCutover(context.world, batch, reason, context.by);
    return shown(context, batch);
  },
});

export const continueCutoverCommand = command({
  usage: 'continue cutover <batch>',
  title: 'Continue cutover',
  help: 'Go on with a cutover that rests.',
  examples: ['continue cutover sales-1'],
  aliases: ['umstellung fortsetzen', 'resume cutover'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument },
  async run({ batch }, context) {
    await continueCutover(context.world, batch, context.by);
    return shown(context, batch);
  },
});

export const backCutoverCommand = command({
  usage: 'back cutover <batch> [reason]',
  title: 'Back one step',
  help: 'Go one step back and rest there. Possible until mail goes to Exchange Online.',
  examples: ['back cutover sales-1 two users were forgotten'],
  aliases: ['umstellung zurück'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument, reason: { ...reasonArgument, optional: true } },
  async run({ batch, reason }, context) {
    await backCutover(context.world, batch, reason, context.by);
    return shown(context, batch);
  },
});

export const cancelCutoverCommand = command({
  usage: 'cancel cutover <batch> <reason>',
  title: 'Cancel cutover',
  help: 'Forget a cutover, so that another one can begin. Possible until mail goes to Exchange Online; who decided what stays in the record.',
  examples: ['cancel cutover sales-1 wrong domain'],
  aliases: ['umstellung abbrechen'],
  permission: 'operate',
  topic: 'Finish',
  args: { batch: batchArgument, reason: reasonArgument },
  async run({ batch, reason }, { world, by, locale }) {
    const { t } = locale;
    await cancelCutover(world, batch, reason, by);
    const notice = { what: t.cutover.word, tone: 'stopped', state: t.cutover.cancelled, name: batch } as const;
    return { view: { cancelled: batch }, card: noticeCard({ ...notice, sentence: t.cutover.cancelledSentence }) };
  },
});

export const lateMailCommand = command({
  usage: 'late mail <batch>',
  title: 'Late mail',
  help: 'Show who still sends to the old server after the switch of the MX, and by which hosts. The mail is brought over. Senders are shown in a personal chat.',
  examples: ['late mail sales-1'],
  aliases: ['nachzügler', 'stragglers'],
  permission: 'view',
  topic: 'Finish',
  args: { batch: batchArgument },
  async run({ batch }, { world, here, locale }) {
    const view = await cutoverView(world, batch);
    // A channel has readers who have no business with other people's mail.
    const isPersonal = here?.personal ?? true;
    const messages = view.late.messages.map((each) => (isPersonal ? each : { ...each, from: null }));
    const shown = { ...view, late: { ...view.late, messages } };
    return { view: shown.late, card: lateMailCard(shown, locale) };
  },
});

export const stagedUsersCommand = command({
  usage: 'staged users <batch>',
  title: 'Users not moved yet',
  help: 'List users of the same domains who are in other batches and not moved, and the forwarding they need on each side while the MX leads to one of them.',
  examples: ['staged users sales-1'],
  aliases: ['noch nicht umgezogen', 'staged'],
  permission: 'view',
  topic: 'Finish',
  args: { batch: batchArgument },
  async run({ batch }, { world, locale }) {
    const view = await stagedView(world, batch);
    return { view, card: stagedCard(view, locale) };
  },
});

async function reachOf(
  { world }: CommandContext,
  batch: BatchName,
  step: CutoverStep,
  asks: CutoverPlan['asks'],
): Promise<Reach | undefined> {
  const cutover = await planStep(world, batch, step, asks);
  if (cutover === undefined) return undefined;
  const users = await Array.fromAsync(world.store.users(batch), ({ address }) => address);
  return { count: users.length, sample: users.slice(0, SAMPLE), cutover };
}
