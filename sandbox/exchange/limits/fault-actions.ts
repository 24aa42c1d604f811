import { GraphError } from '../graph/graph-error.ts';

/** Answers in place of doing anything. */
const REFUSALS = {
  '429': [429, 'ApplicationThrottled', 'Application is over its MailboxConcurrency limit.'],
  '500': [500, 'ErrorInternalServerError', 'An internal server error occurred. The operation failed.'],
  '502': [502, 'BadGateway', 'Bad Gateway'],
  '503': [503, 'ErrorServerBusy', 'The server cannot service this request right now. Try again later.'],
  '504': [504, 'UnknownError', 'Gateway Timeout'],
  '401': [401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.'],
  '403': [403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.'],
  'mailbox-gone': [
    404,
    'MailboxNotEnabledForRESTAPI',
    'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
  ],
  'mailbox-undiscovered': [404, 'ResourceNotFound', 'Resource could not be discovered.'],
  'mailbox-moving': [500, 'ErrorMailboxMoveInProgress', 'The mailbox is in the process of being moved.'],
  'folder-gone': [
    404,
    'ErrorItemNotFound',
    'The specified object was not found in the store., The process failed to get the correct properties.',
  ],
  'mailbox-full': [
    400,
    'ErrorQuotaExceeded',
    'The process cannot complete because the mailbox has exceeded maximum mailbox size.',
  ],
  '507': [507, 'QuotaExceededException', 'The mailbox has exceeded maximum mailbox size.'],
  'folder-full': [400, 'ErrorQuotaExceeded', 'Cannot save changes made to an item to store.'],
  'named-props-full': [400, 'ErrorQuotaExceeded', 'Cannot get ID from name.'],
  '413': [413, 'RequestEntityTooLarge', 'The page was not displayed because the request entity is too large.'],
  'mime-invalid': [400, 'ErrorMimeContentInvalid', 'The MIME content is invalid.'],
  'item-corrupt': [500, 'ErrorItemCorrupt', 'The item is corrupt.'],
  virus: [500, 'ErrorVirusDetected', 'The content of the item has a virus.'],
  'too-many-objects': [500, 'ErrorTooManyObjectsOpened', 'Too many objects are open.'],
  'delta-lost': [410, 'syncStateNotFound', 'The sync state generation is not found.'],
  'delta-resync': [410, 'resyncRequired', "Resync required. Replace any local items with the server's version."],
} as const satisfies Record<string, readonly [status: number, code: string, message: string]>;

/** Everything a fault rule can do to a request. */
export const FAULT_ACTIONS = [
  ...(Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]),
  /** Done, but the caller hears of a failure. */
  '500-after-store',
  '502-after-store',
  '503-after-store',
  '504-after-store',
  /** Done, the connection breaks without an answer. */
  'reset-after-store',
  /** Done, the answer ends in the middle of its body. */
  'cut-answer-after-store',
  /** Not done, the connection breaks. */
  'reset',
  /** 504 now, done 5 s later (divided by the time scale). */
  '504-late-store',
  '200-without-store',
  '201-without-id',
  /** The answer drips. */
  'slow-body',
  /** No answer until the caller gives up. */
  'silence',
  /** A list whose nextLink leads back to itself. */
  'next-link-loop',
  /** 404 with its two codes in turn. */
  'mailbox-gone-alternating',
] as const;

export type RefusalAction = keyof typeof REFUSALS;
export type FaultAction = (typeof FAULT_ACTIONS)[number];

/** What a Retry-After header says: seconds, an HTTP date some seconds ahead, 99999, or nothing at all. */
export type RetryAfter = number | 'http-date' | 'absurd' | 'none';

export function isRefusal(action: FaultAction): action is RefusalAction {
  return Object.hasOwn(REFUSALS, action);
}

export function refusal(action: RefusalAction, retryAfter: RetryAfter | undefined): GraphError {
  const [status, code, message] = REFUSALS[action];
  return new GraphError(status, code, message, retryAfterHeader(retryAfter ?? (status === 429 ? 2.128 : 'none')));
}

/** ms the header asks for; undefined when there is none. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const value = headers['Retry-After'];
  if (value === undefined) return undefined;
  return /^[\d.]+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
}

function retryAfterHeader(retryAfter: RetryAfter): Record<string, string> {
  if (retryAfter === 'none') return {};
  if (retryAfter === 'absurd') return { 'Retry-After': '99999' };
  if (retryAfter === 'http-date') return { 'Retry-After': new Date(Date.now() + 3000).toUTCString() };
  return { 'Retry-After': String(retryAfter) };
}
