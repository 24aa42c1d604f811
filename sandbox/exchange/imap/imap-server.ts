import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Server } from 'node:tls';

import type { ExchangeWorld } from '../exchange-world.ts';
import { CAPABILITIES, answerCommand } from './imap-session.ts';
import type { ImapSession } from './imap-session.ts';
import { readCommands, textOf } from './read-commands.ts';
import type { CommandReader, ImapCommand } from './read-commands.ts';

/** After this many refusals Exchange says BYE. */
const MOST_ERRORS = 10;
const AUDIENCES = ['https://outlook.office365.com', 'https://outlook.office.com'];

export interface LocalImap {
  readonly port: number;
  close(): Promise<void>;
}

/** The IMAP4 endpoint of Exchange Online on the same mailboxes as Graph: TLS from the first byte, app-only tokens. */
export async function startImap(
  world: ExchangeWorld,
  tls: { readonly key: Buffer; readonly cert: Buffer },
  port: number,
): Promise<LocalImap> {
  const sockets = new Set<Socket>();
  const server: Server = createServer(tls, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    // A client that went away in mid-command is its own affair.
    serve(world, socket).catch(() => socket.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(world: ExchangeWorld, socket: Socket): Promise<void> {
  const send = (data: string | Buffer): void => void socket.write(data);
  const session: ImapSession = { world, send, cut: () => socket.destroy(), connected: false };
  send(`* OK The Microsoft Exchange IMAP4 service is ready. [CAPABILITY ${CAPABILITIES}]\r\n`);
  const reader = readCommands(socket, (line, size) =>
    /^\S+ APPEND /i.test(line)
      ? size > world.faults.switches.imapMaxSize
        ? 'NO Maximum size of appendable message has been exceeded.'
        : undefined
      : size > 16_384
        ? 'BAD Command Argument Error. 12'
        : undefined,
  );
  let errors = 0;
  for await (const command of reader.commands()) {
    const answer = await answerOf(session, reader, command);
    if (answer === undefined) return;
    if (!answer.startsWith('OK')) errors += 1;
    const goodbye = errors >= MOST_ERRORS ? '* BYE Connection is closed. 14\r\n' : '';
    send(`${goodbye}${command.tag} ${answer}\r\n`);
    if (errors >= MOST_ERRORS || command.name === 'LOGOUT') return void socket.end();
  }
  socket.end();
}

async function answerOf(
  session: ImapSession,
  reader: CommandReader,
  command: ImapCommand,
): Promise<string | undefined> {
  switch (command.name) {
    case 'CAPABILITY':
      session.send(`* CAPABILITY ${CAPABILITIES}\r\n`);
      return 'OK CAPABILITY completed.';
    case 'NOOP':
      return 'OK NOOP completed.';
    case 'ID':
      session.send('* ID ("name" "Microsoft.Exchange.Imap4.Imap4Server" "version" "15.20")\r\n');
      return 'OK ID completed.';
    case 'LOGOUT':
      session.send('* BYE Microsoft Exchange Server IMAP4 server signing off.\r\n');
      return 'OK LOGOUT completed.';
    case 'AUTHENTICATE':
      return authenticate(session, reader, command);
    case 'LOGIN':
      // Basic authentication is off in Exchange Online.
      return 'NO LOGIN failed.';
    default:
      return answerCommand(session, command);
  }
}

/** SASL XOAUTH2 with a token of the app, as RFC 4959 (SASL-IR) or after a challenge. */
async function authenticate(
  session: ImapSession,
  reader: CommandReader,
  { args }: ImapCommand,
): Promise<string | undefined> {
  if (textOf(args[0]).toUpperCase() !== 'XOAUTH2') return 'NO AUTHENTICATE failed.';
  let initial = textOf(args[1]);
  if (args.length < 2) {
    session.send('+ \r\n');
    const line = await reader.line();
    if (line === undefined) return undefined;
    initial = line;
  }
  const [, name = '', authorization = ''] =
    // oxlint-disable-next-line no-control-regex -- SASL XOAUTH2 separates its fields by 0x01
    /^user=([^\u0001]*)\u0001auth=([^\u0001]*)\u0001\u0001$/.exec(Buffer.from(initial, 'base64').toString()) ?? [];
  const { directory, tokens, faults } = session.world;
  const user = directory.find(name);
  if (!user || !isGranted(tokens, authorization)) return 'NO AUTHENTICATE failed.';
  session.user = user;
  session.connected = user.hasMailbox && !faults.switches.imapNotConnected.includes(user.address);
  return 'OK AUTHENTICATE completed.';
}

function isGranted(tokens: ExchangeWorld['tokens'], authorization: string): boolean {
  try {
    return tokens.read(authorization, AUDIENCES).roles.includes('IMAP.AccessAsApp');
  } catch {
    return false;
  }
}
