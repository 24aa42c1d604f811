import { type FormName, isFormName } from './forms.ts';

/** Everything a button can ask for. Names of batches and addresses only; the server checks role and state again. */
export type CardAction =
  | { readonly verb: 'status'; readonly target?: string }
  | { readonly verb: 'failures'; readonly target?: string }
  | { readonly verb: 'syncNow'; readonly target: string }
  | { readonly verb: 'retry'; readonly target: string }
  | { readonly verb: 'mute'; readonly target: string }
  | { readonly verb: 'watch'; readonly target: string }
  | { readonly verb: 'why'; readonly target: string }
  | { readonly verb: 'report' }
  | { readonly verb: 'doctor' }
  | { readonly verb: 'startBatch'; readonly target: string }
  | { readonly verb: 'stopBatch'; readonly target: string }
  | { readonly verb: 'resumeBatch'; readonly target: string }
  | { readonly verb: 'checkBatch'; readonly target: string }
  | { readonly verb: 'completeBatch'; readonly target: string }
  | { readonly verb: 'skipped'; readonly target: string }
  | { readonly verb: 'verify'; readonly target: string }
  | { readonly verb: 'plan'; readonly target: string }
  | { readonly verb: 'approve'; readonly target: string }
  | { readonly verb: 'reject'; readonly target: string }
  | { readonly verb: 'approvals'; readonly target?: string }
  | { readonly verb: 'approveSkipped'; readonly target: string }
  | { readonly verb: 'stopUser'; readonly target: string }
  | { readonly verb: 'resumeUser'; readonly target: string }
  | { readonly verb: 'testEndpoint'; readonly target: string }
  | { readonly verb: 'endpoints' }
  | { readonly verb: 'help'; readonly target?: string }
  /** Opens a dialog; `target` is what it is filled in with: the endpoint of a new batch. */
  | { readonly verb: 'openForm'; readonly form: FormName; readonly target?: string }
  /** A command in words, as help and "did you mean" offer it. */
  | { readonly verb: 'say'; readonly text: string };

type Verb = CardAction['verb'];

/** The words a button stands for: it takes the same way through the parser as typed text. */
const WORDS: Readonly<Record<Exclude<Verb, 'say' | 'openForm'>, string>> = {
  status: 'status',
  failures: 'failures',
  syncNow: 'sync now',
  retry: 'retry',
  mute: 'mute',
  watch: 'watch',
  why: 'why',
  report: 'report',
  doctor: 'doctor',
  startBatch: 'start batch',
  stopBatch: 'stop batch',
  resumeBatch: 'resume batch',
  checkBatch: 'check batch',
  completeBatch: 'complete batch',
  skipped: 'skipped',
  verify: 'verify',
  plan: 'plan',
  approve: 'approve',
  reject: 'reject',
  approvals: 'approvals',
  approveSkipped: 'approve skipped',
  stopUser: 'stop user',
  resumeUser: 'resume user',
  testEndpoint: 'test endpoint',
  endpoints: 'endpoints',
  help: 'help',
};

/** What a form stands for, in a client that opens no dialogs and sends the button as a message: the answer explains it. */
const FORM_WORDS: Readonly<Record<FormName, string>> = { addEndpoint: 'add endpoint', createBatch: 'create batch' };

/** What is written into a button. */
export function actionPayload(action: CardAction): {
  readonly verb: Verb;
  readonly data: Readonly<Record<string, string>>;
} {
  const { verb } = action;
  if (action.verb === 'say') return { verb, data: { text: action.text } };
  const target = 'target' in action ? action.target : undefined;
  if (action.verb === 'openForm')
    return { verb, data: { form: action.form, ...(target === undefined ? {} : { target }) } };
  return { verb, data: target === undefined ? {} : { target } };
}

/** What a client asks for by itself: a person's view of a card. Changes nothing. */
export interface CardView {
  readonly of: 'approval' | 'batch';
  readonly target: string;
}

const VIEW_VERBS = { approval: 'viewApproval', batch: 'viewBatch' } as const;

export function viewPayload({ of, target }: CardView): {
  readonly verb: string;
  readonly data: Readonly<Record<string, string>>;
} {
  return { verb: VIEW_VERBS[of], data: { target } };
}

/** Reads what {@link viewPayload} wrote; undefined when it is something else. */
export function viewOfAction(verb: unknown, data: unknown): CardView | undefined {
  const of = (['approval', 'batch'] as const).find((each) => VIEW_VERBS[each] === verb);
  const target = valueOf(data, 'target');
  return of === undefined || typeof target !== 'string' || target.length > 64 ? undefined : { of, target };
}

/** Buttons that only look. */
const READING: ReadonlySet<Verb> = new Set<Verb>([
  'status', 'failures', 'why', 'skipped', 'report', 'doctor', 'endpoints', 'approvals', 'help',
]); // prettier-ignore

export function isReading({ verb }: CardAction): boolean {
  return READING.has(verb);
}

const LONGEST_SAYING = 400;

/** Reads what a button sent back as the text of a command; undefined when it is none of ours. */
export function commandOfAction(verb: unknown, data: unknown): string | undefined {
  if (verb === 'say') {
    const said = valueOf(data, 'text');
    return typeof said === 'string' && said.length <= LONGEST_SAYING ? said : undefined;
  }
  if (verb === 'openForm') {
    const form = valueOf(data, 'form');
    return isFormName(form) ? FORM_WORDS[form] : undefined;
  }
  if (typeof verb !== 'string' || !isVerb(verb)) return undefined;
  const target = valueOf(data, 'target');
  if (target === undefined) return WORDS[verb];
  if (typeof target !== 'string' || target.length > 320 || /["\s]/.test(target)) return undefined;
  return `${WORDS[verb]} "${target}"`;
}

function valueOf(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
}

function isVerb(text: string): text is keyof typeof WORDS {
  return Object.hasOwn(WORDS, text);
}
