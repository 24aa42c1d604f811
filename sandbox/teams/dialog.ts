import type { BotAnswer } from './bot-endpoint.ts';
import { isObject, objectAt, textAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';
import type { Outcome } from './outcome.ts';

/** A dialog as the client shows it: a card under a title. */
export interface Dialog {
  readonly title: string;
  readonly card: JsonObject;
}

/**
 * Reads the answer to `task/fetch` and `task/submit`: a card goes on, a message is the last word, nothing closes.
 * Source: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
 */
export function readDialogAnswer({ status, body }: BotAnswer): Outcome {
  if (status === 0 || status >= 300) return { kind: 'error', text: 'Unable to reach the app. Please try again.' };
  const task = objectAt(body, 'task');
  const type = textAt(task, 'type');
  if (type === undefined) return { kind: 'none' };
  if (type === 'message') return { kind: 'message', text: textAt(task, 'value') ?? '' };
  const value = objectAt(task, 'value');
  const card = objectAt(value, 'card')['content'];
  if (type !== 'continue' || !isObject(card))
    return { kind: 'error', text: 'Something went wrong. This client shows dialogs with a card only.' };
  return { kind: 'dialog', dialog: { title: textAt(value, 'title') ?? '', card } };
}

/** What Teams sends of a button that opens a dialog: its data, with the word `msteams` taken out and the type named. */
export function fetchValue(data: unknown): JsonObject {
  const { msteams: _msteams, ...rest } = isObject(data) ? data : {};
  return { data: { ...rest, type: 'task/fetch' }, context: { theme: 'default' } };
}

export function submitValue(data: JsonObject): JsonObject {
  return { data, context: { theme: 'default' } };
}
