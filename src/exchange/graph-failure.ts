/** What an answer of Graph means for the request that got it. */
export type GraphVerdict =
  /** Not carried out; ask again after the given rest. */
  | 'throttled'
  /** May or may not have been carried out, or a passing trouble. */
  | 'uncertain'
  | 'unauthorized'
  | 'forbidden'
  /** The mailbox cannot be used: licence, on-premises, deleted. */
  | 'mailbox-unusable'
  | 'mailbox-full'
  /** The named-property table of the mailbox is full: the marker cannot be written. */
  | 'named-properties-full'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  /** The content of this one request is not acceptable. */
  | 'refused';

export interface GraphError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** For support: Microsoft finds a request by this. */
  readonly requestId: string;
}

const THROTTLED = new Set(['applicationthrottled', 'toomanyrequests', 'activitylimitreached']);
const UNUSABLE = new Set([
  'mailboxnotenabledforrestapi', 'mailboxnothostedinexchangeonline', 'errorinvaliduser', 'errornonexistentmailbox',
  'resourcenotfound', 'request_resourcenotfound',
]); // prettier-ignore
const UNCERTAIN = new Set([
  'errormailboxstoreunavailable', 'errormailboxmoveinprogress', 'errormailboxfailover', 'errorconnectionfailed',
  'errorinternalservertransienterror', 'errorinternalservererror', 'errorinsufficientresources', 'errorstaleobject',
  'errortimeoutexpired', 'unknownerror', 'gatewaytimeout', 'errorserverbusy', 'errortoomanyobjectsopened',
  'errorexceededconnectioncount', 'serviceunavailable', 'internalservererror', 'generalexception',
]); // prettier-ignore
const BAD_ITEM = new Set([
  'errormimecontentinvalid', 'errormimecontentinvalidbase64string', 'errormimecontentconversionfailed',
  'unabletodeserializepostbody', 'errorcontentconversionfailed', 'errorcorruptdata', 'erroritemcorrupt',
  'errorpropertyvalidationfailure', 'errorvirusdetected', 'errorvirusmessagedeleted', 'errorinvalidrecipients',
]); // prettier-ignore

const FULL = /quotaexceeded/;
const TOO_LARGE = /toolarge|toobig|sizeexceeded|sizelimitexceeded/;

/** The error catalogue of the Outlook service: status, code and, where codes are ambiguous, the text. */
export function judge({ status, code, message }: GraphError): GraphVerdict {
  const name = code.toLowerCase();
  if (status === 429 || THROTTLED.has(name)) return 'throttled';
  if (/cannot get id from name/i.test(message)) return 'named-properties-full';
  if (status === 507 || FULL.test(name)) return 'mailbox-full';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (UNUSABLE.has(name)) return 'mailbox-unusable';
  if (status === 413 || TOO_LARGE.test(name)) return 'too-large';
  if (BAD_ITEM.has(name)) return 'refused';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409) return 'conflict';
  // Graph does not redirect: who answers so is something in between, and knows nothing of the request.
  if (status === 408 || status >= 500 || status < 400 || UNCERTAIN.has(name)) return 'uncertain';
  return 'refused';
}

/** Reads the error body of Graph; anything else is an error without a code. */
export function readGraphError(status: number, body: unknown, requestId: string): GraphError {
  const error: unknown = get(body, 'error');
  const message = get(error, 'message');
  return {
    status,
    code: codeOf(error),
    message: typeof message === 'string' ? message.slice(0, 300) : '',
    requestId,
  };
}

// Errors nest, the inner ones more specific: the innermost code that is understood counts (Graph: error responses).
function codeOf(error: unknown): string {
  const codes: string[] = [];
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 10; depth += 1) {
    const code = get(at, 'code');
    if (typeof code === 'string') codes.push(code);
    at = get(at, 'innerError') ?? get(at, 'innererror');
  }
  return codes.findLast((code) => isKnown(code.toLowerCase())) ?? codes[0] ?? '';
}

function isKnown(name: string): boolean {
  return [THROTTLED, UNUSABLE, UNCERTAIN, BAD_ITEM].some((codes) => codes.has(name)) || FULL.test(name) || TOO_LARGE.test(name); // prettier-ignore
}

/** One line for people and logs: code and request id, without foreign text that might carry content. */
export function describe(error: GraphError): string {
  // Without an answer there is no status.
  return [
    `${error.status === 0 ? '' : error.status} ${error.code}`.trim(),
    error.requestId === '' ? '' : `request-id ${error.requestId}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** Retry-After in ms: seconds (fractions allowed, as Graph sends them) or an HTTP date; capped at an hour; undefined without one. */
export function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 3_600_000) : undefined;
}

function get(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
