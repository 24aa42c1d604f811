import { readFileSync } from 'node:fs';
import { type TLSSocket, connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, OWNER, requestToken, startFixture } from './exchange-fixture.ts';

/** The IMAP side of the local Exchange: what it takes, and what it refuses as Exchange Online does (A-g of its tables). */
let fixture: Fixture;
let wire: Wire;

beforeEach(async () => {
  fixture = await startFixture({ timeScale: 100 });
  wire = await Wire.open(fixture);
});
afterEach(async () => {
  wire.close();
  await fixture[Symbol.asyncDispose]();
});

const MAIL = 'From: <a@example.com>\r\nSubject: one\r\nMessage-ID: <one@example.com>\r\n\r\ntext\r\n';

describe('sign-in', () => {
  test('an app-only token for Outlook opens the mailbox; one for Graph, a password or no token do not', async () => {
    expect(await wire.signIn(await outlookToken())).toMatch(/^t\d+ OK/m);
    for (const token of [fixture.token, 'no.real.token']) {
      using other = await Wire.open(fixture);
      expect(await other.signIn(token)).toMatch(/^t\d+ NO AUTHENTICATE failed/m);
    }
    using basic = await Wire.open(fixture);
    expect(await basic.ask(`LOGIN ${OWNER} not-a-real-password`)).toMatch(/^t\d+ NO/m);
  });

  test('without the role of the app, or without the grant on the mailbox, nothing opens', async () => {
    fixture.exchange.faults.set({ imapNotConnected: [OWNER] });
    expect(await wire.signIn(await outlookToken())).toMatch(/^t\d+ OK/m);
    expect(await wire.ask('SELECT INBOX')).toContain('BAD User is authenticated but not connected.');

    fixture.exchange.faults.set({ revokedRoles: ['IMAP.AccessAsApp'] });
    using other = await Wire.open(fixture);
    expect(await other.signIn(await outlookToken())).toMatch(/^t\d+ NO/m);
  });

  test('capabilities: UIDPLUS and LITERAL+, no CONDSTORE, QRESYNC or SPECIAL-USE', async () => {
    const answer = await wire.ask('CAPABILITY');

    expect(answer).toContain('UIDPLUS');
    expect(answer).toContain('LITERAL+');
    expect(answer).not.toMatch(/CONDSTORE|QRESYNC|SPECIAL-USE/);
  });
});

describe('mail', () => {
  beforeEach(async () => void (await wire.signIn(await outlookToken())));

  test('APPEND stores it in the mailbox Graph shows, with its date and flags, and names its UID', async () => {
    const answer = await wire.append('INBOX (\\Seen \\Answered) "15-May-2019 12:00:00 +0000"', MAIL);

    const uid = /APPENDUID \d+ (\d+)/.exec(answer)?.[1];
    const path = fixture.mail("/messages?$expand=singleValueExtendedProperties($filter=id eq 'Integer 0x0E23')");
    const { json } = await fixture.call('GET', path);
    expect(json.value).toHaveLength(1);
    expect(json.value[0]).toMatchObject({ subject: 'one', isRead: true, isDraft: false, receivedDateTime: '2019-05-15T12:00:00Z', singleValueExtendedProperties: [{ value: uid }] }); // prettier-ignore
  });

  test('SELECT offers no keywords of clients; EXAMINE is read-only', async () => {
    expect(await wire.ask('SELECT INBOX')).toContain('PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)'); // prettier-ignore
    expect(await wire.ask('EXAMINE INBOX')).toContain('[READ-ONLY]');
    expect(await wire.ask('SELECT Nowhere')).toMatch(/^t\d+ NO/m);
  });

  test('it is read back as it was appended, by either kind of literal, and found by search', async () => {
    await wire.append('INBOX', MAIL);
    await wire.append('INBOX', MAIL.replace('one@', 'two@'), '+');
    await wire.ask('SELECT INBOX');

    expect(await wire.ask('UID FETCH 1:* (BODY.PEEK[] RFC822.SIZE)')).toContain(`{${MAIL.length}}\r\n${MAIL}`);
    const [, uid] = /SEARCH (\d+)\r/.exec(await wire.ask('UID SEARCH HEADER Message-ID <two@example.com>')) ?? [];
    expect(await wire.ask(`UID FETCH ${uid} (BODY.PEEK[HEADER])`)).toContain('two@example.com');
    expect(await wire.ask('STATUS INBOX (MESSAGES UNSEEN)')).toContain('(MESSAGES 2 UNSEEN 2)');
  });

  test('\\Flagged counts when it is stored, not when it is appended', async () => {
    await wire.append('INBOX (\\Flagged)', MAIL);
    const flag = async () => (await fixture.call('GET', fixture.mail('/messages'))).json.value[0].flag.flagStatus;

    expect(await flag()).toBe('notFlagged');
    await wire.ask('SELECT INBOX');
    await wire.ask('UID STORE 1:* +FLAGS (\\Flagged)');
    expect(await flag()).toBe('flagged');
  });

  test.each([
    ['keywords', 'INBOX (Invoice)', MAIL, 'BAD Command Argument Error. 11'],
    ['a folder that is not there', 'Nowhere', MAIL, 'NO [TRYCREATE]'],
    ['a line of 20,000 characters', 'INBOX', `${MAIL}${'x'.repeat(20_000)}\r\n`, 'NO Message contains a line'],
    ['NUL', 'INBOX', `${MAIL}\0\r\n`, 'NO Message contains a NUL'],
    ['8-bit headers', 'INBOX', MAIL.replace('one', '\u00fc'), 'NO Message header contains 8-bit'],
  ])('refused: %s', async (_, folder, text, refusal) => {
    expect(await wire.append(folder, text)).toContain(refusal);
    expect((await fixture.call('GET', fixture.mail('/messages'))).json.value).toEqual([]);
  });

  test.each(['', '+'])('a message above the limit is refused, with the literal of "%s"', async (kind) => {
    fixture.exchange.faults.set({ imapMaxSize: 20 });

    expect(await wire.append('INBOX', MAIL, kind)).toContain('NO Maximum size of appendable message has been exceeded');
    expect(await wire.ask('NOOP')).toMatch(/^t\d+ OK/m);
  });

  test('a throttled APPEND names the time to stay away', async () => {
    fixture.exchange.faults.set({ imapThrottled: 1 });

    expect(await wire.append('INBOX', MAIL)).toMatch(
      /NO Request is throttled. Suggested Backoff Time: \d+ milliseconds/,
    );
    expect(await wire.append('INBOX', MAIL)).toMatch(/^t\d+ OK/m);
  });

  test('folders with "/" in their name are not there; the reserved name is refused', async () => {
    await fixture.call('POST', fixture.mail('/mailFolders'), { displayName: 'In/Out' });
    await fixture.call('POST', fixture.mail('/mailFolders'), { displayName: 'Fälle' });

    const list = await wire.ask('LIST "" "*"');
    expect(list).not.toContain('In/Out');
    expect(list).toContain('"F&AOQ-lle"');
    expect(await wire.ask('CREATE Files')).toContain('NO Folder name is reserved.');
  });

  test('after ten errors it hangs up', async () => {
    for (let count = 0; count < 9; count += 1) await wire.ask('NONSENSE');

    expect(await wire.ask('NONSENSE')).toContain('* BYE');
  });
});

const outlookToken = () => requestToken(fixture.exchange, 'https://outlook.office365.com');

/** A client of a few lines that hides nothing. */
class Wire implements Disposable {
  #text = '';
  #tag = 0;
  #wake: () => void = () => undefined;
  readonly #socket: TLSSocket;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      this.#wake();
    });
    socket.on('error', () => this.#wake());
  }

  static async open({ exchange }: Fixture): Promise<Wire> {
    const [host, port] = exchange.imap.split(':');
    const socket = connect({ host: host ?? '', port: Number(port), ca: readFileSync(exchange.caFile) });
    const wire = new Wire(socket);
    await wire.#until(/^\* OK .*\r\n/);
    return wire;
  }

  signIn(token: string): Promise<string> {
    return this.ask(`AUTHENTICATE XOAUTH2 ${Buffer.from(`user=${OWNER}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64')}`); // prettier-ignore
  }

  ask(command: string): Promise<string> {
    const tag = `t${(this.#tag += 1)}`;
    this.#socket.write(`${tag} ${command}\r\n`, 'latin1');
    return this.#until(new RegExp(`^${tag} .*\\r\\n`, 'm'));
  }

  async append(folder: string, text: string, kind = ''): Promise<string> {
    const tag = `t${(this.#tag += 1)}`;
    this.#socket.write(`${tag} APPEND ${folder} {${text.length}${kind}}\r\n`);
    const done = new RegExp(`^${tag} .*\\r\\n`, 'm');
    if (kind === '') {
      const answer = await this.#until(new RegExp(`^(?:\\+|${tag}) .*\\r\\n`, 'm'));
      if (!answer.startsWith('+')) return answer;
    }
    this.#socket.write(`${text}\r\n`, 'latin1');
    return this.#until(done);
  }

  close(): void {
    this.#socket.destroy();
  }
  [Symbol.dispose] = (): void => this.close();

  async #until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) await new Promise<void>((resolve) => (this.#wake = resolve));
    const answer = this.#text;
    this.#text = '';
    return answer;
  }
}
