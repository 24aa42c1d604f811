import { once } from 'node:events';
import { type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Untagged lines for a command, or how it ends when not with OK. */
export interface Scripted {
  readonly lines?: readonly string[];
  readonly end?: 'NO' | 'BAD' | 'hang up';
  /** What is said with the end, a response code included. */
  readonly text?: string;
  /** Asks for one more line (`+`) instead of ending the command; that line is the next thing `answer` sees. */
  readonly prompt?: string;
}

export interface ScriptedOptions {
  readonly capability?: string;
  /** The first line, when it is no welcome. */
  readonly greeting?: string;
}

export interface ScriptedImap extends AsyncDisposable {
  readonly port: number;
  /** Every command so far, without its tag. */
  readonly commands: readonly string[];
}

/**
 * An IMAP server that says what a test wants it to say, for answers no well-kept server gives. `answer` sees each command
 * without its tag; undefined is a plain OK. Signing in and capabilities are its own affair.
 */
export async function startScriptedImap(
  answer: (command: string) => Scripted | undefined,
  { capability = 'IMAP4rev1', greeting = `* OK [CAPABILITY ${capability}] ready` }: ScriptedOptions = {},
): Promise<ScriptedImap> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.write(`${greeting}\r\n`);
    if (greeting.startsWith('* BYE')) return void socket.end();
    let rest = '';
    let open: string | undefined;
    socket.on('data', (data: Buffer) => {
      const lines = (rest + data.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, ownTag = '*', ownCommand = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
        const [tag, command] = open === undefined ? [ownTag, ownCommand] : [open, line];
        commands.push(command);
        const answered = answer(command) ?? byItself(command, capability);
        const { lines: said = [], end = 'OK', text = 'done', prompt } = answered;
        if (end === 'hang up') return void socket.destroy();
        open = prompt === undefined ? undefined : tag;
        const last = prompt === undefined ? `${tag} ${end} ${text}` : `+ ${prompt}`;
        socket.write([...said.map((each) => `* ${each}`), last, ''].join('\r\n'));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function byItself(command: string, capability: string): Scripted {
  if (/^CAPABILITY/i.test(command)) return { lines: [`CAPABILITY ${capability}`] };
  if (/^LIST/i.test(command)) return { lines: ['LIST (\\HasNoChildren) "/" INBOX'] };
  return {};
}
