import { join } from 'node:path';
import { fillMailbox } from './fill-mailbox.ts';
import type { FilledMailbox } from './fill-mailbox.ts';
import { generateMailbox } from './generate-mail.ts';
import { startLocalDovecot } from './local-dovecot.ts';
import type { LocalDovecot, Login } from './local-dovecot.ts';
import type { MailboxStyle } from './mail/folder-trees.ts';
import type { ProfileName } from './mail/profiles.ts';
import { opensslSigner } from './openssl-signer.ts';

export interface SourceWorldOptions {
  /** Filled anew when it is empty; otherwise the mail in it stays. */
  readonly directory: string;
  readonly profile?: ProfileName;
  readonly seed?: number;
  /** Mail in all mailboxes together. */
  readonly mails?: number;
  /** Mailboxes; the first five differ in style and size. */
  readonly users?: number;
}

/** A mailbox of the sandbox and how to log in to it. */
export interface SourceUser extends Login, FilledMailbox {
  readonly style: MailboxStyle;
  readonly server: LocalDovecot;
}

export interface SourceWorld extends AsyncDisposable {
  /** With "/" between folder names and SPECIAL-USE. */
  readonly modern: LocalDovecot;
  /** With "." between folder names, everything below "INBOX.", and "/" inside of names. */
  readonly dotted: LocalDovecot;
  readonly users: readonly SourceUser[];
  readonly masterUser: Login;
  stop(): Promise<void>;
}

interface Plan extends Login {
  readonly style: MailboxStyle;
  readonly share: number;
}

const FIRST_USERS: readonly (readonly [login: string, style: MailboxStyle, share: number])[] = [
  ['vertrieb@contoso.example', 'english', 50],
  ['buchhaltung@contoso.example', 'german', 25],
  ['lager@contoso.example', 'slashes', 15],
  ['einkauf@contoso.example', 'deep', 9],
  ['empfang@contoso.example', 'tiny', 1],
];
const MASTER = { name: 'migration', password: 'sandbox-master-password' };
const DEFAULT_MAILS = { quick: 1500, real: 5000, small: 20_000 };

/** Starts two mail servers and fills their mailboxes, the same for the same seed but for S/MIME signatures. */
export async function startSourceWorld(options: SourceWorldOptions): Promise<SourceWorld> {
  const { directory, profile = 'quick', seed = 1 } = options;
  const plans = planUsers(options.users ?? FIRST_USERS.length);
  const common = { masterUser: MASTER };
  await using started = new AsyncDisposableStack();
  const modern = started.use(
    await startLocalDovecot({
      ...common,
      directory: join(directory, 'modern'),
      users: plans.filter((plan) => !isDotted(plan)),
    }),
  );
  const dotted = started.use(
    await startLocalDovecot({
      ...common,
      directory: join(directory, 'dotted'),
      users: plans.filter(isDotted),
      separator: '.',
      prefix: 'INBOX.',
      plugins: ['listescape'],
    }),
  );

  using signer = opensslSigner();
  const total = plans.reduce((sum, { share }) => sum + share, 0);
  const users: SourceUser[] = [];
  for (const { share, ...plan } of plans) {
    const server = isDotted(plan) ? dotted : modern;
    const mails = Math.max(1, Math.round(((options.mails ?? DEFAULT_MAILS[profile]) * share) / total));
    const sign = signer === undefined ? {} : { sign: signer.sign };
    const mailbox = generateMailbox({ owner: plan.name, seed, mails, profile, style: plan.style, ...sign });
    const filled =
      (await countMail(server, plan.name)) ?? (await fillMailbox(server, plan.name, mailbox.folders, mailbox.mails()));
    users.push({ ...plan, ...filled, server });
  }

  const servers = started.move();
  const stop = (): Promise<void> => servers.disposeAsync();
  return { modern, dotted, users, masterUser: MASTER, stop, [Symbol.asyncDispose]: stop };
}

function isDotted(plan: Pick<Plan, 'style'>): boolean {
  return plan.style === 'slashes';
}

function planUsers(count: number): readonly Plan[] {
  return Array.from({ length: count }, (_, index) => {
    const [name, style, share] = FIRST_USERS[index] ?? [`team-${index + 1}@contoso.example`, 'english', 10];
    return { name, password: `sandbox-${name.split('@')[0]}-password`, style, share };
  });
}

/** What an earlier run left in a mailbox; undefined for none. */
async function countMail(server: LocalDovecot, user: string): Promise<FilledMailbox | undefined> {
  // A mask "*" leaves out what lies below a prefix.
  const answer = await server.doveadm('-f', 'tab', 'mailbox', 'status', '-u', user, 'messages vsize', '*', 'INBOX*');
  const rows = answer
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((row) => row.split('\t'));
  const mails = rows.reduce((sum, row) => sum + Number(row[1]), 0);
  const bytes = rows.reduce((sum, row) => sum + Number(row[2]), 0);
  return mails === 0 ? undefined : { mails, bytes, folders: rows.length };
}
