import { ImapFlow } from 'imapflow';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock, WaitWatch } from '../engine/ports.ts';
import { UNWATCHED } from './unwatched.ts';
import type { SignIn } from './graph-sign-in.ts';

export interface AppendEndpoint {
  readonly host: string;
  readonly port: number;
}

export interface AppendSessionOptions {
  readonly endpoint: AppendEndpoint;
  readonly signIn: SignIn;
  /** Address of the mailbox: the app signs in to it by its own token. */
  readonly address: string;
  readonly clock: Clock;
  /** Asked before each APPEND; what it throws keeps it from being sent. */
  readonly mayWrite: () => Promise<void>;
  readonly watch?: WaitWatch | undefined;
}

export type AppendAnswer =
  /** Stored; without UIDPLUS its UID is not known. */
  | { readonly answer: 'stored'; readonly uid: number | undefined }
  | { readonly answer: 'refused'; readonly text: string }
  | { readonly answer: 'no-folder' }
  /** The mailbox cannot be used over IMAP: no grant, switched off, not reachable. */
  | { readonly answer: 'lane-closed'; readonly text: string }
  /** Sent without an answer. */
  | { readonly answer: 'unknown'; readonly text: string };

export interface AppendSession extends AsyncDisposable {
  /** Signs in and looks at the inbox; writes nothing. */
  probe(): Promise<'open' | 'closed'>;
  append(path: string, raw: Buffer, flags: readonly string[], receivedAt: number): Promise<AppendAnswer>;
}

/** Longer rests than this belong to the scheduler. */
const PATIENCE = 5_000;
const CONNECT_TRIES = 2;
const PAUSE = 1_000;

/** One IMAP connection to a mailbox of Exchange Online (XOAUTH2, app-only), opened when first needed and again when it broke. */
export function appendSession({
  endpoint,
  signIn,
  address,
  clock,
  mayWrite,
  watch = UNWATCHED,
}: AppendSessionOptions): AppendSession {
  let flow: ImapFlow | undefined;
  let connecting: Promise<ImapFlow> | undefined;

  async function connect(): Promise<ImapFlow> {
    if (flow?.usable === true) return flow;
    connecting ??= dial().finally(() => (connecting = undefined));
    return connecting;
  }

  async function dial(): Promise<ImapFlow> {
    for (let tries = 1; ; tries += 1) {
      const next = new ImapFlow({
        ...endpoint,
        secure: true,
        auth: { user: address, accessToken: await signIn(tries > 1) },
        logger: false,
        disableCompression: true,
        disableAutoIdle: true,
        connectionTimeout: 20_000,
        greetingTimeout: 20_000,
        socketTimeout: 300_000,
        tls: { minVersion: 'TLSv1.2' },
      });
      // An unheard "error" event ends the process; what broke shows in the command that failed.
      next.on('error', () => next.close());
      try {
        await next.connect();
        flow = next;
        return next;
      } catch (error) {
        next.close();
        if (tries >= CONNECT_TRIES) throw error;
        await clock.sleep(PAUSE);
      }
    }
  }

  async function append(
    path: string,
    raw: Buffer,
    flags: readonly string[],
    receivedAt: number,
  ): Promise<AppendAnswer> {
    for (;;) {
      let open: ImapFlow;
      try {
        open = await connect();
      } catch (error) {
        // The app may lack this one permission; everything else about a sign-in is as bad for the other lane.
        const isClosed = !(error instanceof MigrationError) || error.code === 'TargetSignInFailed';
        if (!isClosed) throw error;
        return { answer: 'lane-closed', text: textOf(error) };
      }
      await mayWrite();
      try {
        const sending = () => open.append(path, raw, [...flags], new Date(receivedAt));
        const answer = await watch.during('target', sending);
        // imapflow answers nothing when the connection went away before a byte was sent.
        if (!answer) continue;
        return { answer: 'stored', uid: answer.uid };
      } catch (error) {
        const text = textOf(error);
        if (!isRefusal(error)) {
          // Whatever is wrong with this connection, the next message must not run into it too.
          open.close();
          flow = undefined;
          return { answer: 'unknown', text };
        }
        if (/not connected/i.test(text)) return { answer: 'lane-closed', text };
        const rest = /throttled/i.test(text) ? Number(/Backoff Time:\s*(\d+)/i.exec(text)?.[1] ?? 30_000) : undefined;
        if (rest === undefined) return /TRYCREATE/i.test(text) ? { answer: 'no-folder' } : { answer: 'refused', text };
        if (rest > PATIENCE) throw new MigrationError('TargetThrottled', {}, { retryAt: clock.now() + rest });
        await watch.during('budget', () => clock.sleep(rest));
      }
    }
  }

  async function probe(): Promise<'open' | 'closed'> {
    try {
      const open = await connect();
      // A missing grant shows only here: the sign-in itself succeeds.
      await open.mailboxOpen('INBOX', { readOnly: true });
      await open.mailboxClose();
      return 'open';
    } catch {
      return 'closed';
    }
  }

  return {
    append,
    probe,
    async [Symbol.asyncDispose]() {
      flow?.close();
      flow = undefined;
    },
  };
}

/** A tagged NO or BAD: the server decided, nothing was stored. */
function isRefusal(error: unknown): boolean {
  const status = typeof error === 'object' && error !== null ? Reflect.get(error, 'responseStatus') : undefined;
  return status === 'NO' || status === 'BAD';
}

/** Code and text of the server's answer; both name what it objects to. */
function textOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'failed';
  const parts = ['serverResponseCode', 'responseText', 'code'].map((name): unknown => Reflect.get(error, name));
  const text = parts.filter((part) => typeof part === 'string' && part !== '').join(' ');
  return (text === '' && error instanceof Error ? error.message : text).slice(0, 200);
}
