import { readFileSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';

/** How a mail server behaves. `greylisting` refuses for now, `silent` never answers, `endless` never stops its first line. */
export type SmtpMood = 'well' | 'no-user' | 'greylisting' | 'silent' | 'endless' | 'garbage' | 'hangs-up' | 'chatty';

export interface ReceivedMail {
  readonly from: string;
  readonly to: string;
  /** As it is to be stored: without the dots of the transport. */
  readonly raw: Buffer;
  readonly encrypted: boolean;
}

export interface LocalSmtpOptions {
  readonly host?: string;
  /** Offers STARTTLS with this certificate. */
  readonly certificate?: { readonly certFile: string; readonly keyFile: string };
  readonly mood?: SmtpMood;
  /** Takes a mail; a rejection is answered with 451. */
  readonly onMail: (mail: ReceivedMail) => Promise<void>;
}

export interface LocalSmtp extends AsyncDisposable {
  readonly port: number;
}

/** A mail server on this machine that takes mail for anybody (RFC 5321, STARTTLS by RFC 3207) and hands it to a function. */
export async function startLocalSmtp(options: LocalSmtpOptions): Promise<LocalSmtp> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    greet(socket, options);
  });
  await listen(server, options.host ?? '127.0.0.1');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, host: string): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
}

function greet(socket: Socket, options: LocalSmtpOptions): void {
  switch (options.mood) {
    case 'silent':
      return;
    case 'endless': {
      const flood = (): void => void (socket.writable && socket.write('2'.repeat(65_536), () => setImmediate(flood)));
      return flood();
    }
    case 'garbage':
      return void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    case 'hangs-up':
      return void socket.end();
    default:
      socket.write('220-mx.sandbox.example\r\n220 ESMTP ready\r\n');
      converse(socket, options, false);
  }
}

function converse(socket: Socket, options: LocalSmtpOptions, encrypted: boolean): void {
  const { certificate, mood, onMail } = options;
  let [text, from, to]: [string, string, string] = ['', '', ''];
  let inData = false;
  const reply = (line: string): void => void socket.write(`${line}\r\n`);
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    for (;;) {
      const end = text.indexOf(inData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const part = text.slice(0, end);
      text = text.slice(end + (inData ? 5 : 2));
      if (inData) {
        inData = false;
        const raw = Buffer.from(`${part.replaceAll(/^\./gm, '')}\r\n`, 'latin1');
        void onMail({ from, to, raw, encrypted }).then(
          () => reply('250 2.0.0 queued as SANDBOX'),
          () => reply('451 4.3.0 try again'),
        );
        continue;
      }
      const [verb = ''] = part.toUpperCase().split(' ');
      const path = /<([^>]*)>/.exec(part)?.[1] ?? '';
      if (verb === 'EHLO')
        reply(
          certificate === undefined || encrypted ? '250 mx.sandbox.example' : '250-mx.sandbox.example\r\n250 STARTTLS',
        );
      else if (verb === 'STARTTLS' && certificate !== undefined) {
        // Said before the connection is encrypted by somebody in between: RFC 3207 section 6.
        reply(mood === 'chatty' ? '220 go ahead\r\n250 forged' : '220 go ahead');
        socket.removeAllListeners('data');
        const secure = new TLSSocket(socket, {
          isServer: true,
          cert: readFileSync(certificate.certFile),
          key: readFileSync(certificate.keyFile),
        });
        secure.on('error', () => undefined);
        return converse(secure, options, true);
      } else if (verb === 'MAIL') {
        from = path;
        reply('250 2.1.0 ok');
      } else if (verb === 'RCPT') {
        to = path;
        reply(
          mood === 'no-user'
            ? '550-5.1.1 no such user\r\n550 here'
            : mood === 'greylisting'
              ? '451 4.7.1 come back later'
              : '250 2.1.5 ok',
        );
      } else if (verb === 'DATA') {
        inData = true;
        reply('354 end with a dot');
      } else if (verb === 'QUIT') {
        reply('221 bye');
        socket.end();
      } else reply('500 5.5.2 what?');
    }
  });
}
