/** The forms of Bellhop: commands with many arguments, filled in in a dialog. */
export type FormName = 'addEndpoint' | 'createBatch';

/** One input; its name is that of the command's argument. */
export interface FormField {
  readonly name: FieldName;
  readonly kind: 'text' | 'number' | 'day' | 'choice' | 'endpoint' | 'moment';
  /** Characters; what is longer is refused before anybody looks at it. */
  readonly longest: number;
  readonly required?: true;
  /** What an answer looks like. */
  readonly example?: string;
  /** Of `choice`; the first is what an empty field means. */
  readonly choices?: readonly string[];
}

export type FieldName =
  | 'name'
  | 'host'
  | 'port'
  | 'security'
  | 'login'
  | 'admin'
  | 'token'
  | 'client'
  | 'scope'
  | 'grant'
  | 'initial'
  | 'incremental'
  | 'connections'
  | 'endpoint'
  | 'every'
  | 'start'
  | 'complete'
  | 'priority'
  | 'trash'
  | 'exclude'
  | 'since'
  | 'until'
  | 'maxsize'
  | 'oversize'
  | 'categories';

/** What a form asks for, in order. A password is never among it: those come with the CSV. */
export const FORMS: Readonly<Record<FormName, readonly FormField[]>> = {
  addEndpoint: [
    { name: 'name', kind: 'text', longest: 64, required: true, example: 'mail-hq' },
    { name: 'host', kind: 'text', longest: 253, required: true, example: 'imap.example.com' },
    { name: 'security', kind: 'choice', longest: 8, choices: ['tls', 'starttls', 'none'] },
    { name: 'port', kind: 'number', longest: 5, example: '993' },
    { name: 'login', kind: 'choice', longest: 8, choices: ['plain', 'login', 'xoauth2'] },
    { name: 'admin', kind: 'text', longest: 200, example: 'user*master' },
    { name: 'token', kind: 'text', longest: 500, example: 'https://login.example.com/token' },
    { name: 'client', kind: 'text', longest: 500, example: '1f2e3d4c' },
    { name: 'scope', kind: 'text', longest: 500, example: 'https://outlook.office365.com/.default' },
    { name: 'grant', kind: 'choice', longest: 8, choices: ['client', 'refresh'] },
    { name: 'initial', kind: 'number', longest: 3, example: '20' },
    { name: 'incremental', kind: 'number', longest: 3, example: '10' },
    { name: 'connections', kind: 'number', longest: 3, example: '50' },
  ],
  createBatch: [
    { name: 'name', kind: 'text', longest: 64, required: true, example: 'sales-1' },
    { name: 'endpoint', kind: 'endpoint', longest: 64, required: true, example: 'mail-hq' },
    { name: 'every', kind: 'text', longest: 10, example: '24h, 30m, live' },
    { name: 'start', kind: 'moment', longest: 40 },
    { name: 'complete', kind: 'moment', longest: 40 },
    { name: 'priority', kind: 'choice', longest: 6, choices: ['normal', 'high', 'low'] },
    { name: 'since', kind: 'day', longest: 10 },
    { name: 'until', kind: 'day', longest: 10 },
    { name: 'maxsize', kind: 'text', longest: 12, example: '25MB' },
    { name: 'exclude', kind: 'text', longest: 1000, example: 'Junk, Archive/*' },
    { name: 'oversize', kind: 'choice', longest: 4, choices: ['skip', 'stub'] },
    { name: 'categories', kind: 'text', longest: 1000, example: '$label1=Urgent' },
    { name: 'trash', kind: 'choice', longest: 4, choices: ['copy', 'skip'] },
  ],
};

/** Second input of a moment: its time of day. */
export function timeInput({ name }: FormField): string {
  return `${name}Time`;
}

/** What somebody filled in, by input. */
export type FormValues = Readonly<Record<string, string>>;

export function isFormName(text: unknown): text is FormName {
  return typeof text === 'string' && Object.hasOwn(FORMS, text);
}
