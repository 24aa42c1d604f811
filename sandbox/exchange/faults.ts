import type { ServerResponse } from 'node:http';
import { GraphProblem, type Reply } from './graph-reply.ts';

/** What goes wrong, and when: before anything is stored, after it was stored, or in its place. */
export type FaultAction =
  | '429' | '429-without-retry-after' | '503' | '500' | '401' | '403' | 'mailbox-gone' | 'mailbox-full' | 'named-properties-full' | 'bad-item'
  | '504-after-store' | '502-after-store' | 'reset-after-store' | 'cut-after-store'
  | '200-without-store' | '201-without-id' | '504-late-store'; // prettier-ignore

/** A rule: which requests it meets, how often, and what happens to them. */
export interface Fault {
  readonly action: FaultAction;
  readonly method?: string;
  /** Part of the path. */
  readonly path?: string;
  readonly mailbox?: string;
  /** Requests to let pass first. */
  readonly after?: number;
  /** How often it strikes; every time when absent. */
  readonly times?: number;
  /** Value of Retry-After. */
  readonly retryAfter?: string;
}

interface Armed {
  readonly fault: Fault;
  seen: number;
  struck: number;
}

/** The switches of the sandbox: rules are tried in order, the first that meets a request strikes. */
export class FaultSwitches {
  readonly #armed: Armed[] = [];

  add(fault: Fault): void {
    this.#armed.push({ fault, seen: 0, struck: 0 });
  }

  clear(): void {
    this.#armed.length = 0;
  }

  /** How often the rules struck so far. */
  get struck(): number {
    return this.#armed.reduce((sum, each) => sum + each.struck, 0);
  }

  take(method: string, path: string, mailbox: string | undefined): Fault | undefined {
    for (const each of this.#armed) {
      const { fault } = each;
      if (fault.method !== undefined && fault.method !== method) continue;
      if (fault.path !== undefined && !path.includes(fault.path)) continue;
      if (fault.mailbox !== undefined && fault.mailbox !== mailbox) continue;
      each.seen += 1;
      if (each.seen <= (fault.after ?? 0) || each.struck >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
      each.struck += 1;
      return fault;
    }
    return undefined;
  }
}

const BEFORE: Readonly<Partial<Record<FaultAction, (fault: Fault) => GraphProblem>>> = {
  '429': (fault) => new GraphProblem(429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.', { 'Retry-After': fault.retryAfter ?? '2.128' }),
  '429-without-retry-after': () => new GraphProblem(429, 'TooManyRequests', 'Too many requests.'),
  '503': (fault) => new GraphProblem(503, 'ErrorServerBusy', 'The server cannot service this request right now.', fault.retryAfter === undefined ? {} : { 'Retry-After': fault.retryAfter }),
  '500': () => new GraphProblem(500, 'ErrorInternalServerError', 'An internal server error occurred. The operation failed.'),
  '401': () => new GraphProblem(401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.'),
  '403': () => new GraphProblem(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.'),
  'mailbox-gone': () => new GraphProblem(404, 'MailboxNotEnabledForRESTAPI', 'The mailbox is either inactive, soft-deleted, or is hosted on-premise.'),
  'mailbox-full': () => new GraphProblem(507, 'ErrorQuotaExceeded', 'The mailbox has exceeded maximum mailbox size.'),
  'named-properties-full': () => new GraphProblem(500, 'ErrorQuotaExceeded', 'Cannot get ID from name.'),
  'bad-item': () => new GraphProblem(400, 'ErrorPropertyValidationFailure', 'At least one property failed validation.'),
}; // prettier-ignore

/** Throws when the fault strikes before anything is stored; may answer in place of storing. */
export function strikeBefore(fault: Fault | undefined): Reply | undefined {
  if (fault === undefined) return undefined;
  const problem = BEFORE[fault.action]?.(fault);
  if (problem !== undefined) throw problem;
  return fault.action === '200-without-store' ? { status: 200, body: {} } : undefined;
}

/** Changes the answer of a request that was carried out; true when the connection was dealt with here. */
export function strikeAfter(fault: Fault | undefined, reply: Reply, response: ServerResponse): Reply | 'dealt-with' {
  switch (fault?.action) {
    case '504-after-store':
    case '504-late-store':
      return {
        status: 504,
        body: { error: { code: 'gatewayTimeout', message: 'The gateway did not receive a response in time.' } },
      };
    case '502-after-store':
      return { status: 502, body: { error: { code: 'UnknownError', message: '' } } };
    case '201-without-id':
      return { status: 201, body: {} };
    case 'reset-after-store':
      response.socket?.destroy();
      return 'dealt-with';
    case 'cut-after-store': {
      const text = JSON.stringify(reply.body ?? {});
      response.writeHead(reply.status, {
        'Content-Type': 'application/json',
        'Content-Length': String(Buffer.byteLength(text)),
      });
      response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
      return 'dealt-with';
    }
    default:
      return reply;
  }
}
