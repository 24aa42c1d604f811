import { ImapFlow } from 'imapflow';
import { type MigrationEndpoint, type SignInName, signInName } from '../engine/domain/endpoint.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import type { Clock, SourceLogin } from '../engine/ports.ts';
import { withDeadline } from './deadline.ts';
import { commandFailure, connectFailure } from './imap-failure.ts';
import { type UnreadLines, unreadLines } from './unread-lines.ts';

/** Longer than the penalties servers give after wrong passwords (Dovecot: 17 s and more). */
const SIGN_IN_DEADLINE = 90_000;

/** More than any folder has; beyond it the answer is taken for an attack. */
const MOST_VANISHED = 10_000_000;

/** What imapflow calls untagged EXISTS and FETCH; EXPUNGE and VANISHED go to the handler. */
const NEWS = ['exists', 'flags'] as const;

/** One connection. When it breaks it is thrown away: imapflow does not reconnect. */
export interface ImapClient {
  readonly flow: ImapFlow;
  readonly usable: () => boolean;
  /** Runs one command with a time limit and in Bellhop's words. */
  run<Result>(doing: string, ms: number, command: (flow: ImapFlow) => Promise<Result>): Promise<Result>;
  /** Calls back whenever the server tells, unasked, that the selected folder changed; returns how to end that. */
  onNews(tell: () => void): () => void;
  /** UIDs the server named as vanished since this was asked last. */
  takeVanished(): ReadonlySet<number>;
  /** Answers to LIST that could not be read, since this was asked last. */
  readonly takeListed: UnreadLines['takeListed'];
  close(): Promise<void>;
}

/** Connects to the checked address and signs in. Throws what connectFailure makes of it. */
export async function openClient(
  endpoint: MigrationEndpoint,
  address: string,
  login: SourceLogin,
  clock: Clock,
  signal: AbortSignal,
): Promise<ImapClient> {
  signal.throwIfAborted();
  let vanished = new Set<number>();
  let tellNews: (() => void) | undefined;
  const unread = unreadLines();
  const flow = new ImapFlow({
    host: address,
    servername: endpoint.host,
    port: endpoint.port,
    secure: endpoint.security === 'tls',
    // Never left to chance: unset, imapflow would sign in in clear when somebody strips the capability.
    ...(endpoint.security === 'tls' ? {} : { doSTARTTLS: endpoint.security === 'starttls' }),
    auth: authOf(endpoint, login),
    logger: unread.logger,
    // DEFLATE costs ten times what it saves on links faster than 15 MB/s.
    disableCompression: true,
    disableAutoIdle: true,
    qresync: true,
    // A range is walked UID by UID: one that never ends must not keep the deadlines from running out.
    expungeHandler: ({ uid }) => {
      tellNews?.();
      if (uid !== undefined) vanished.add(uid);
      return vanished.size <= MOST_VANISHED ? undefined : new Promise<never>(() => undefined);
    },
    connectionTimeout: 30_000,
    greetingTimeout: 45_000,
    socketTimeout: 600_000,
    maxLiteralSize: 160 * 1024 * 1024,
    maxResponseSize: 170 * 1024 * 1024,
    maxLineLength: 16 * 1024 * 1024,
    tls: { minVersion: 'TLSv1.2' },
  });
  let cause: unknown;
  // Attached before connecting: an unheard "error" event ends the process.
  flow.on('error', (error: unknown) => (cause ??= error));
  const abort = (): void => flow.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await withDeadline(clock, SIGN_IN_DEADLINE, () => flow.connect(), abort);
    refuseOtherMailbox(flow, signInName(endpoint, login.userName));
  } catch (error) {
    const offered = [...flow.capabilities.keys()];
    flow.close();
    signal.throwIfAborted();
    throw connectFailure(error, cause, endpoint, offered);
  }
  return {
    flow,
    usable: () => flow.usable,
    async run(doing, ms, command) {
      try {
        return await withDeadline(clock, ms, () => command(flow), abort);
      } catch (error) {
        signal.throwIfAborted();
        throw commandFailure(error, cause, endpoint.host, doing);
      }
    },
    onNews(tell) {
      tellNews = tell;
      for (const event of NEWS) flow.on(event, tell);
      return () => {
        tellNews = undefined;
        for (const event of NEWS) flow.off(event, tell);
      };
    },
    takeListed: () => unread.takeListed(),
    takeVanished() {
      const taken = vanished;
      vanished = new Set();
      return taken;
    },
    async close() {
      signal.removeEventListener('abort', abort);
      if (flow.usable) await withDeadline(clock, 2_000, () => flow.logout(), abort).catch(() => undefined);
      flow.close();
    },
  };
}

// An identity to act for exists in PLAIN alone: LOGIN has no place for it.
function authOf(endpoint: MigrationEndpoint, { userName, password }: SourceLogin) {
  const name = signInName(endpoint, userName);
  if (endpoint.login === 'xoauth2') return { ...name, accessToken: password };
  if (name.authzid !== undefined) return { ...name, pass: password, loginMethod: 'AUTH=PLAIN' };
  return { ...name, pass: password, ...(endpoint.login === 'login' ? { loginMethod: 'LOGIN' } : {}) };
}

// Whose mailbox is open has to be certain: a greeting may skip the sign-in (PREAUTH), and only PLAIN says for whom it is.
function refuseOtherMailbox(flow: ImapFlow, { authzid }: SignInName): void {
  const used: unknown = Reflect.get(flow, 'authCapabilities');
  const methods = used instanceof Map ? [...used.keys()].map(String) : [];
  if (authzid === undefined ? methods.length > 0 : methods.includes('AUTH=PLAIN')) return;
  const detail = methods.length === 0 ? 'a connection without a sign-in' : methods.join(', ');
  throw new MigrationError('ImapMechanismUnsupported', { detail });
}
