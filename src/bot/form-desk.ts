import { formCard, refusalCard } from '../cards/form-card.ts';
import { type FormName, type FormValues, isFormName } from '../cards/forms.ts';
import type { Card } from '../cards/elements.ts';
import type { Locale } from '../cards/locale.ts';
import { germanCommand } from '../cards/text/de-commands.ts';
import { type Failure, MigrationError, toMigrationError } from '../engine/domain/failure.ts';
import type { World } from '../engine/ports.ts';
import { endpointsOverview } from '../engine/queries.ts';
import { type Command, type CommandReply, type Needed, commandWords } from './commands/command.ts';
import { COMMANDS } from './commands/index.ts';
import { looksLikeSecret } from './commands/tokenize.ts';
import { keptValues, readFormValues, wordsOfForm } from './form-words.ts';
import type { Dialog } from './migration-bot.ts';
import type { Incoming } from './read-activity.ts';

/** What the dialogs need of the bot; one person, one conversation. */
export interface FormDesk {
  readonly world: World;
  readonly locale: Locale;
  readonly zone: string;
  /** Throws NotAllowed. */
  permit(needed: Needed): Promise<void>;
  /** False for an activity that was delivered before. */
  isNew(): Promise<boolean>;
  /** The way of typed text: parsed, permission asked, run. */
  execute(text: string): Promise<CommandReply>;
  /** Posts the answer below. */
  post(reply: CommandReply): Promise<void>;
  /** A failure for people; what nobody foresaw is logged. */
  explain(error: unknown): Failure;
}

/** Opens a form, or takes one in: what it shows next, undefined when the dialog closes. Never throws. */
export async function answerForm(
  incoming: Extract<Incoming, { kind: 'form' }>,
  desk: FormDesk,
): Promise<Dialog | undefined> {
  const { step, data } = incoming;
  try {
    const { form, command } = formOf(data);
    await desk.permit(command.permission);
    if (step === 'open') return await openForm(form, command, prefilled(form, data), desk);
    return await takeIn(form, command, data, desk);
  } catch (error) {
    const failure = desk.explain(error);
    return { title: desk.locale.title(failure.code), card: refusalCard(failure, desk.locale), size: 'small' };
  }
}

interface KnownForm {
  readonly form: FormName;
  readonly command: Command;
}

function formOf(data: unknown): KnownForm {
  const form: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'form') : undefined;
  const command = isFormName(form) ? COMMANDS.find((each) => each.form === form) : undefined;
  if (!isFormName(form) || command === undefined) throw new MigrationError('UnknownForm');
  return { form, command };
}

// A button may say which endpoint a new batch reads from; the name of anything else is asked for.
function prefilled(form: FormName, data: unknown): FormValues {
  const target: unknown = form === 'createBatch' ? Reflect.get(Object(data), 'target') : undefined;
  return typeof target === 'string' ? keptValues(form, { endpoint: target }) : {};
}

async function takeIn(form: FormName, command: Command, data: unknown, desk: FormDesk): Promise<Dialog | undefined> {
  const values = readFormValues(form, data);
  let reply: CommandReply;
  try {
    const text = wordsOfForm(form, commandWords(command.usage), values, desk.locale);
    if (looksLikeSecret(text)) throw new MigrationError('PasswordInChat');
    if (!(await desk.isNew())) return undefined;
    reply = await desk.execute(text);
  } catch (error) {
    const field = toMigrationError(error).details['argument'];
    const problem = { failure: desk.explain(error), ...(typeof field === 'string' ? { field } : {}) };
    return openForm(form, command, keptValues(form, values), desk, problem);
  }
  try {
    await desk.post(reply);
    return undefined;
  } catch {
    // It is done, and said here when the conversation does not take the card.
    return { title: titleOf(command, desk.locale), card: withoutButtons(reply.card), size: 'large' };
  }
}

async function openForm(
  form: FormName,
  command: Command,
  values: FormValues,
  { world, locale, zone }: FormDesk,
  problem?: { readonly failure: Failure; readonly field?: string },
): Promise<Dialog> {
  const title = titleOf(command, locale);
  const endpoints = form === 'createBatch' ? (await endpointsOverview(world)).map((each) => each.identity) : [];
  const view = { form, command: commandWords(command.usage), title, values, endpoints, zone };
  return { title, card: formCard(problem === undefined ? view : { ...view, problem }, locale), size: 'large' };
}

function titleOf({ usage, title }: Command, { language }: Locale): string {
  return (language === 'de' ? germanCommand(usage)?.title : undefined) ?? title;
}

// Action.Execute does nothing inside a dialog.
function withoutButtons(card: Card): Card {
  return { ...card, actions: [] };
}
