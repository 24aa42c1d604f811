import { once } from 'node:events';
import { type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** Untagged lines for a command, or how it ends when not with OK. */
export interface Scripted {
  readonly lines?: readonly string[];
  readonly end?: 'NO' | 'BAD' | 'hang up';
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
export async function startScriptedImap(answer: (command: string) => Scripted | undefined): Promise<ScriptedImap> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
    let rest = '';
    socket.on('data', (data: Buffer) => {
      const lines = (rest + data.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [, tag = '*', command = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
        commands.push(command);
        const { lines: said = [], end = 'OK' } = answer(command) ?? byItself(command);
        if (end === 'hang up') return void socket.destroy();
        socket.write([...said.map((each) => `* ${each}`), `${tag} ${end} done`, ''].join('\r\n'));
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

function byItself(command: string): Scripted {
  if (/^CAPABILITY/i.test(command)) return { lines: ['CAPABILITY IMAP4rev1'] };
  if (/^LIST/i.test(command)) return { lines: ['LIST (\\HasNoChildren) "/" INBOX'] };
  return {};
}
