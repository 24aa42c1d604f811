import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { byteReader } from './byte-reader.ts';

/** How to read a mailbox at the source. */
export interface SourceAccess {
  readonly host: string;
  readonly port: number;
  /** PEM file; with it the connection is TLS from the start, without it in the clear. */
  readonly caFile?: string;
  readonly user: string;
  readonly password: string;
}

/** An untagged answer: its text as Latin-1, each literal replaced by `{n}`, and the literals beside it. */
export interface Answer {
  readonly text: string;
  readonly literals: readonly Buffer[];
}

export interface ImapWire extends AsyncDisposable {
  /** Sends a command and hands over each untagged answer as it comes; throws when it ends with NO or BAD. */
  command(text: string, onAnswer: (answer: Answer) => void): Promise<void>;
}

/**
 * A little IMAP client of the checker's own, on purpose without any library the product reads mail with: what one
 * library misreads must not be misread twice.
 */
export async function openImap(access: SourceAccess): Promise<ImapWire> {
  const { host, port, caFile } = access;
  const address = { host: host === 'localhost' ? '127.0.0.1' : host, port };
  const socket =
    caFile === undefined
      ? connectPlain(address)
      : connectTls({ ...address, ca: readFileSync(caFile), servername: 'localhost' });
  await once(socket, caFile === undefined ? 'connect' : 'secureConnect');
  const reader = byteReader(socket);
  await reader.line();
  let number = 0;

  async function readAnswer(): Promise<Answer> {
    let text = '';
    const literals: Buffer[] = [];
    for (;;) {
      const line = (await reader.line()).toString('latin1');
      const literal = /\{(\d+)\}$/.exec(line);
      text += line;
      if (literal === null) return { text, literals };
      literals.push(await reader.bytes(Number(literal[1])));
    }
  }
  async function command(text: string, onAnswer: (answer: Answer) => void): Promise<void> {
    number += 1;
    const tag = `C${number}`;
    socket.write(`${tag} ${text}\r\n`);
    for (;;) {
      const answer = await readAnswer();
      if (!answer.text.startsWith(`${tag} `)) onAnswer(answer);
      else if (answer.text.startsWith(`${tag} OK`)) return;
      else throw new Error(`${text.split(' ', 2).join(' ')}: ${answer.text}`);
    }
  }

  await command(`LOGIN ${quoted(access.user)} ${quoted(access.password)}`, () => undefined).catch((cause: unknown) => {
    socket.destroy();
    throw new Error(`Cannot log in as ${access.user}`, { cause });
  });
  return {
    command,
    async [Symbol.asyncDispose]() {
      await command('LOGOUT', () => undefined).catch(() => undefined);
      socket.destroy();
    },
  };
}

/** A quoted string (RFC 3501, 4.3). */
export function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
