import type { BotAnswer } from './bot-endpoint.ts';
import type { Dialog } from './dialog.ts';
import { isObject, objectAt, textAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';

/** What a person sees after pressing a button; `none` for Action.Submit, which has no answer, and a dialog that closes. */
export type Outcome =
  | { readonly kind: 'card'; readonly card: JsonObject }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string; readonly code?: string }
  | { readonly kind: 'dialog'; readonly dialog: Dialog }
  | { readonly kind: 'none' };

/**
 * Reads the answer to `adaptiveCard/action`.
 * Source: Universal Action Model, response format (statusCode, type, value).
 */
export function readOutcome({ status, body }: BotAnswer): Outcome {
  if (status === 0) return { kind: 'error', text: 'Unable to reach the app. Please try again.' };
  const type = textAt(body, 'type');
  const value = isObject(body) ? body['value'] : undefined;
  const code = isObject(body) && typeof body['statusCode'] === 'number' ? body['statusCode'] : status;
  if (status < 300 && code < 300 && type === 'application/vnd.microsoft.card.adaptive' && isObject(value)) {
    return { kind: 'card', card: value };
  }
  if (status < 300 && code < 300 && type === 'application/vnd.microsoft.activity.message') {
    return { kind: 'message', text: typeof value === 'string' ? value : '' };
  }
  const errorCode = textAt(value, 'code') ?? textAt(objectAt(body, 'error'), 'code');
  return {
    kind: 'error',
    text: textAt(value, 'message') ?? 'Something went wrong. Please try again.',
    ...(errorCode === undefined ? {} : { code: errorCode }),
  };
}
