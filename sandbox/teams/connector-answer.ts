import type { Fault, FaultKind } from './faults.ts';
import type { Answer } from './http-io.ts';

/** An error in the connector's own shape. */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

export function tooManyRequests(retryAfter?: number): Answer {
  const answer = refusal(429, 'TooManyRequests', 'Too many requests in this conversation.');
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } };
}

export function activityNotFound(): Answer {
  return refusal(404, 'ActivityNotFoundInConversation', 'Activity not found in conversation.');
}

export function notInRoster(): Answer {
  return refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
}

const FAULT_ANSWERS: Readonly<Record<FaultKind, (fault: Fault) => Answer>> = {
  throttle: (fault) => tooManyRequests(fault.retryAfter),
  gateway: () => refusal(502, 'ServiceError', 'Bad gateway.'),
  'gateway-after-store': () => refusal(502, 'ServiceError', 'Bad gateway.'),
  precondition: () => refusal(412, 'PreconditionFailed', 'The message changed meanwhile.'),
  'lost-activity': () => activityNotFound(),
  blocked: () => refusal(403, 'MessageWritesBlocked', 'Message writes are blocked for the bot.'),
};

/** Runs a call, or answers what the fault says; `gateway-after-store` does both. */
export function throughFault(fault: Fault | undefined, run: () => Answer): Answer {
  if (fault === undefined) return run();
  if (fault.kind === 'gateway-after-store') run();
  return FAULT_ANSWERS[fault.kind](fault);
}
