import { describe, expect, test } from 'vitest';
import type { MigrationEndpoint } from '../../src/engine/domain/endpoint.ts';
import { toMigrationError } from '../../src/engine/domain/failure.ts';
import type { SourceSlots } from '../../src/engine/ports.ts';
import { imapConnector } from '../../src/imap/imap-connector.ts';
import { endpointName } from '../contracts/sample-records.ts';
import { systemClock } from '../store/local-redis.ts';
import { type Scripted, type ScriptedOptions, startScriptedImap } from '../support/scripted-imap.ts';
import { unlimitedSlots } from '../support/unlimited-slots.ts';

const PASSWORD = 'not-a-real-password';

interface SignIn {
  readonly settings?: Partial<MigrationEndpoint>;
  readonly user?: string;
  readonly options?: ScriptedOptions;
  readonly answer?: (command: string) => Scripted | undefined;
}

/** Signs in once; what the server was sent, what came of it, and what the slots were told. */
async function signIn({ settings, user = 'anna', options, answer = () => undefined }: SignIn) {
  await using server = await startScriptedImap(answer, options);
  const endpoint: MigrationEndpoint = {
    ...{ name: endpointName('old'), host: 'localhost', port: server.port, security: 'none', login: 'plain' },
    ...{ initial: 1, incremental: 1, ...settings },
  };
  const told: string[] = [];
  const slots: SourceSlots = {
    async enter() {
      told.push('entered');
      return {
        refused: async (why) => (told.push(why), 1_800_000_000_000),
        leave: async () => void told.push('left'),
      };
    },
    learned: async () => [],
  };
  const source = imapConnector({ clock: systemClock, slots, allowHosts: ['localhost'] });
  try {
    const login = { userName: user, password: PASSWORD };
    await (await source.connect(endpoint, login, new AbortController().signal))[Symbol.asyncDispose]();
    return { commands: [...server.commands], told, error: undefined };
  } catch (error) {
    return { commands: [...server.commands], told, error: toMigrationError(error) };
  }
}

const plain = (...parts: readonly string[]): string => Buffer.from(parts.join('\0')).toString('base64');
const bySasl = (command: string): Scripted | undefined => (/^AUTHENTICATE/i.test(command) ? { prompt: '' } : undefined);

describe('what the server is sent', () => {
  test.each([
    ['the own name', 'anna', {}, '"?anna"?'],
    ['Dovecot', 'anna', { admin: 'user*master' }, String.raw`"?anna\*master"?`],
    ['Exchange', 'anna', { admin: 'corp/migrator/user' }, '"?corp/migrator/anna"?'],
    ['Mirapoint', 'anna', { admin: '#user@contoso.example#mailadmin#' }, '"?#anna@contoso.example#mailadmin#"?'],
  ])('by LOGIN: %s', async (_server, user, settings, sent) => {
    const { commands, error } = await signIn({ user, settings: { login: 'login', ...settings } });

    expect(error).toBeUndefined();
    expect(commands).toContainEqual(expect.stringMatching(new RegExp(`^LOGIN ${sent} "?${PASSWORD}"?$`)));
  });

  test.each([
    ['the own name', {}, plain('', 'anna', PASSWORD)],
    ['Dovecot', { admin: 'user*master' }, plain('', 'anna*master', PASSWORD)],
    [
      'Mirapoint',
      { admin: '#user@contoso.example#mailadmin#' },
      plain('', '#anna@contoso.example#mailadmin#', PASSWORD),
    ],
    ['Cyrus, by authorization identity', { admin: 'authzid:cyrus' }, plain('anna', 'cyrus', PASSWORD)],
  ])('by PLAIN: %s', async (_server, settings, sent) => {
    const options = { capability: 'IMAP4rev1 AUTH=PLAIN' };

    const { commands, error } = await signIn({ settings, options, answer: bySasl });

    expect(error).toBeUndefined();
    expect(commands.slice(commands.indexOf('AUTHENTICATE PLAIN'))[1]).toBe(sent);
  });

  test('Exchange with slashes goes by LOGIN even where PLAIN is offered: its PLAIN knows no delegation by name', async () => {
    const options = { capability: 'IMAP4rev1 AUTH=PLAIN' };

    const { commands } = await signIn({ settings: { admin: 'corp/migrator/user' }, options });

    expect(commands).toContainEqual(expect.stringMatching(/^LOGIN "?corp\/migrator\/anna"? /));
  });
});

describe('a server that speaks no method of ours is named as such, and no password is sent', () => {
  test.each([
    ['NTLM', 'IMAP4rev1 LOGINDISABLED AUTH=NTLM', 'NTLM'],
    ['CRAM-MD5', 'IMAP4rev1 LOGINDISABLED AUTH=CRAM-MD5', 'CRAM-MD5'],
    ['SCRAM', 'IMAP4rev1 LOGINDISABLED AUTH=SCRAM-SHA-1 AUTH=SCRAM-SHA-256', 'SCRAM-SHA-1, SCRAM-SHA-256'],
    ['nothing', 'IMAP4rev1 LOGINDISABLED', 'LOGINDISABLED'],
  ])('%s', async (_what, capability, named) => {
    const { error, commands } = await signIn({ options: { capability } });

    expect(error?.code).toBe('ImapMechanismUnsupported');
    expect(error?.message).toContain(named);
    expect(commands.filter((each) => /LOGIN|AUTHENTICATE/i.test(each))).toEqual([]);
  });

  test.each([
    ['only a token will do', 'IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2', {}, 'XOAUTH2'],
    ['a token is not taken', 'IMAP4rev1 AUTH=PLAIN', { login: 'xoauth2' } as const, 'PLAIN'],
    ['an authorization identity has no place', 'IMAP4rev1 AUTH=CRAM-MD5 LOGINDISABLED', { admin: 'authzid:a' }, 'CRAM'],
  ])('%s', async (_what, capability, settings, named) => {
    const { error } = await signIn({ settings, options: { capability } });

    expect(error?.code).toBe('ImapMechanismUnsupported');
    expect(error?.message).toContain(named);
  });

  test('refused after LOGIN, by a server that names only CRAM-MD5', async () => {
    const answer = (command: string): Scripted | undefined => (/^LOGIN/i.test(command) ? { end: 'NO' } : undefined);

    const { error } = await signIn({ answer, options: { capability: 'IMAP4rev1 AUTH=CRAM-MD5' } });

    expect(error?.code).toBe('ImapMechanismUnsupported');
    expect(error?.message).toContain('CRAM-MD5');
  });
});

describe('whose mailbox is open is certain, or it is not read', () => {
  test('a greeting that skips the sign-in opens nobody knows whose', async () => {
    const { error, commands } = await signIn({ options: { greeting: '* PREAUTH [CAPABILITY IMAP4rev1] welcome' } });

    expect(error?.code).toBe('ImapMechanismUnsupported');
    expect(commands.filter((each) => /EXAMINE|SELECT|FETCH/i.test(each))).toEqual([]);
  });

  test('an administrator signed in by LOGIN has only the own mailbox open', async () => {
    const { error } = await signIn({ settings: { admin: 'authzid:cyrus' } });

    expect(error?.code).toBe('ImapMechanismUnsupported');
  });
});

describe('what a refusal means', () => {
  test.each([
    ['NO [LIMIT] Maximum number of connections from user+IP exceeded', 'ImapSignInDelayed', 'login'],
    ['NO [ALERT] Too many simultaneous connections. (Failure)', 'ImapSignInDelayed', 'login'],
    ['NO [UNAVAILABLE] Temporary authentication failure.', 'ImapSignInDelayed', 'busy'],
    ['NO [INUSE] Mailbox in use', 'ImapSignInDelayed', 'busy'],
    ['NO Server busy, please try again later', 'ImapSignInDelayed', 'busy'],
    ['NO [CONTACTADMIN] This account is locked', 'ImapSignInDelayed', undefined],
    ['NO [AUTHENTICATIONFAILED] Authentication failed.', 'ImapAuthenticationException', undefined],
    ['NO [AUTHENTICATIONFAILED] Too many failures, connection limit', 'ImapAuthenticationException', undefined],
    ['NO Login failed.', 'ImapAuthenticationException', undefined],
  ])('%s', async (said, code, learned) => {
    const answer = (command: string): Scripted | undefined =>
      /^LOGIN/i.test(command) ? { end: 'NO', text: said.slice(3) } : undefined;

    const { error, told } = await signIn({ answer });

    expect(error?.code).toBe(code);
    expect(told).toEqual(['entered', ...(learned === undefined ? [] : [learned]), 'left']);
    expect(error?.retryAt).toBe(learned === undefined ? undefined : 1_800_000_000_000);
    expect(error?.message).toContain(said.replace(/^NO (\[\w+\] )?/, ''));
  });

  test.each([
    ['* BYE Too many connections from your IP address', 'endpoint'],
    ['* BYE Too many connections of this user', 'login'],
    ['* BYE [UNAVAILABLE] temporarily not available', 'busy'],
  ])('%s', async (greeting, learned) => {
    const { error, told } = await signIn({ options: { greeting } });

    expect(error?.code).toBe('ImapSignInDelayed');
    expect(told).toEqual(['entered', learned, 'left']);
  });

  test('a connection that ends gives its place back, and a server that hangs up is tried again later', async () => {
    const answer = (command: string): Scripted | undefined =>
      /^LOGIN/i.test(command) ? { end: 'hang up' } : undefined;

    expect((await signIn({})).told).toEqual(['entered', 'left']);
    const { error, told } = await signIn({ answer });
    expect(error?.code).toBe('ImapSignInDelayed');
    expect(told).toEqual(['entered', 'left']);
  });
});

describe('test endpoint names what the server offers, and signs nobody in', () => {
  test.each([
    ['IMAP4rev1 AUTH=PLAIN', 'plain', undefined],
    ['IMAP4rev1', 'plain', undefined],
    ['IMAP4rev1 LOGINDISABLED AUTH=NTLM AUTH=CRAM-MD5', 'plain', 'NTLM, CRAM-MD5'],
    ['IMAP4rev1 AUTH=PLAIN', 'xoauth2', 'PLAIN'],
    ['IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2', 'xoauth2', undefined],
  ] as const)('%s for login=%s', async (capability, login, named) => {
    await using server = await startScriptedImap(() => undefined, { capability });
    const endpoint: MigrationEndpoint = {
      ...{ name: endpointName('old'), host: 'localhost', port: server.port, security: 'none', login },
      ...{ initial: 1, incremental: 1 },
    };
    const source = imapConnector({ clock: systemClock, slots: unlimitedSlots, allowHosts: ['localhost'] });

    const answer = await source.test(endpoint, new AbortController().signal);

    expect(answer.reachable).toBe(true);
    expect(answer.capabilities).toEqual(capability.split(' '));
    expect(answer.error?.code).toBe(named === undefined ? undefined : 'ImapMechanismUnsupported');
    if (named !== undefined) expect(answer.error?.message).toContain(named);
    expect(server.commands.filter((each) => /LOGIN|AUTHENTICATE/.test(each))).toEqual([]);
  });
});
