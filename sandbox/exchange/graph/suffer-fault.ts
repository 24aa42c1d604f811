import type { ExchangeWorld } from '../exchange-world.ts';
import { isRefusal, refusal } from '../limits/fault-actions.ts';
import type { Fault } from '../limits/faults.ts';
import type { GraphAnswer, GraphRequest } from './graph-call.ts';
import { GraphError } from './graph-error.ts';
import type { Outcome } from './visit.ts';

/** How an answer reaches the caller: whole, not at all, cut in its middle, or drop by drop over some ms. */
export type Delivery = 'whole' | 'reset' | 'silence' | 'cut' | { readonly dripMs: number };

/** A late write becomes visible after this many ms (divided by the time scale). */
const LATE_MS = 5000;
const DRIP_MS = 10_000;

/** Does to a request what a fault rule says; `handle` carries it out. */
export function sufferFault(
  world: ExchangeWorld,
  fault: Fault,
  request: GraphRequest,
  handle: () => GraphAnswer,
): Outcome {
  const { action, retryAfter } = fault;
  if (isRefusal(action)) throw refusal(action, retryAfter);
  switch (action) {
    case 'mailbox-gone-alternating':
      throw refusal(fault.earlierHits % 2 === 0 ? 'mailbox-gone' : 'mailbox-undiscovered', retryAfter);
    case '500-after-store':
    case '502-after-store':
    case '503-after-store':
    case '504-after-store':
      handle();
      throw refusal(AFTER_STORE[action], retryAfter);
    case 'reset-after-store':
      return { answer: handle(), delivery: 'reset' };
    case 'cut-answer-after-store':
      return { answer: handle(), delivery: 'cut' };
    case 'reset':
      return { answer: nothing(), delivery: 'reset' };
    case 'silence':
      return { answer: nothing(), delivery: 'silence' };
    case '504-late-store':
      world.later(LATE_MS / world.timeScale, () => finishLate(handle));
      throw refusal('504', retryAfter);
    case '200-without-store':
      return { answer: { status: 200, json: {} }, delivery: 'whole' };
    case '201-without-id':
      return { answer: withoutId(handle()), delivery: 'whole' };
    case 'slow-body':
      return { answer: handle(), delivery: { dripMs: fault.milliseconds ?? DRIP_MS / world.timeScale } };
    default:
      return { answer: loop(world, request, handle()), delivery: 'whole' };
  }
}

const AFTER_STORE = {
  '500-after-store': '500',
  '502-after-store': '502',
  '503-after-store': '503',
  '504-after-store': '504',
} as const;

function nothing(): GraphAnswer {
  return { status: 204 };
}

/** What Exchange refuses, it refuses late, too; nobody is left to hear of it. */
function finishLate(handle: () => GraphAnswer): void {
  try {
    handle();
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
  }
}

function withoutId(answer: GraphAnswer): GraphAnswer {
  const { headers: _, ...rest } = answer;
  const entries = Object.entries(answer.json ?? {}).filter(([name]) => name !== 'id' && name !== 'webLink');
  return { ...rest, json: Object.fromEntries(entries) };
}

function loop({ origin }: ExchangeWorld, { target }: GraphRequest, answer: GraphAnswer): GraphAnswer {
  return { ...answer, json: { ...answer.json, '@odata.nextLink': `${origin}${target}` } };
}
