import { readFileSync } from 'node:fs';
import { request } from 'node:https';

import type { OwnerAction } from './control.ts';
import type { NewUser, UserAccount } from './directory/directory.ts';
import type { FaultRule, Switches } from './limits/faults.ts';
import type { MailboxManners } from './limits/manners.ts';
import type { FolderView } from './mailbox-views.ts';

/** A local Exchange that runs as another process, in the hands of a test, the demo or a benchmark. */
export interface ExchangeControl {
  addMailbox(user: NewUser): Promise<{ readonly id: string }>;
  addUserWithoutMailbox(user: NewUser): Promise<{ readonly id: string }>;
  users(): Promise<readonly UserAccount[]>;
  folders(address: string): Promise<readonly FolderView[]>;
  /** Does something in a mailbox as its owner. */
  owner(address: string, action: OwnerAction): Promise<void>;
  /** Patterns of rules are texts here: they travel as JSON. */
  addFault(rule: Omit<FaultRule, 'pathMatches'> & { readonly pathMatches?: string }): Promise<void>;
  /** How often each rule has hit, in the order they were added, and the switches. */
  faults(): Promise<{ readonly hits: readonly number[]; readonly switches: Switches }>;
  clearFaults(): Promise<void>;
  setSwitches(switches: Partial<Switches>): Promise<void>;
  expireTokens(): Promise<void>;
  /** Manners by address. */
  manners(): Promise<Readonly<Record<string, MailboxManners>>>;
  resetManners(): Promise<void>;
}

/** Controls the local Exchange at a URL; `caFile` is the file it printed when it started. Rejects with what it answers to mistakes. */
export function controlLocalExchange(graphUrl: string, caFile: string): ExchangeControl {
  const ca = readFileSync(caFile);
  const send = <Result>(method: string, path: string, value?: unknown) =>
    sendControl<Result>(`${graphUrl}/_sandbox/${path}`, method, ca, value);
  return {
    addMailbox: (user) => send('POST', 'mailboxes', user),
    addUserWithoutMailbox: (user) => send('POST', 'users', user),
    users: async () => (await send<{ users: readonly UserAccount[] }>('GET', 'users')).users,
    folders: async (address) =>
      (await send<{ folders: readonly FolderView[] }>('GET', `mailboxes/${encodeURIComponent(address)}`)).folders,
    owner: (address, action) => send('POST', `owner/${encodeURIComponent(address)}`, action),
    addFault: (rule) => send('POST', 'faults', rule),
    faults: () => send('GET', 'faults'),
    clearFaults: () => send('DELETE', 'faults'),
    setSwitches: (switches) => send('PATCH', 'switches', switches),
    expireTokens: () => send('POST', 'expire-tokens'),
    manners: () => send('GET', 'manners'),
    resetManners: () => send('DELETE', 'manners'),
  };
}

async function sendControl<Result>(url: string, method: string, ca: Buffer, value: unknown): Promise<Result> {
  const body = value === undefined ? undefined : Buffer.from(JSON.stringify(value));
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = body ? { 'Content-Type': 'application/json', 'Content-Length': body.length } : {};
    const outgoing = request(url, { method, ca, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  if (status !== 200) throw new Error(`${method} ${new URL(url).pathname}: ${status} ${text}`);
  return JSON.parse(text) as Result;
}
