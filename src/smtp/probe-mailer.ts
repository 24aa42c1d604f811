import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ProbeDelivery, ProbeMailer } from '../engine/ports.ts';
import { SmtpLines, type SmtpReply } from './smtp-lines.ts';

export interface ProbeMailerOptions {
  readonly from: string | undefined;
  readonly port: number;
  /** The name this machine goes by. */
  readonly name: string;
  /** Answers the address that may be connected to, or throws: whoever writes a zone must not send us into our own networks. */
  readonly check: (address: string) => Promise<string>;
}

const DEADLINE = 30_000;

/** Somebody who did not take the message, with what was said last. */
class Refused extends Error {}

/** Hands single messages to mail servers (RFC 5321), encrypted where the server offers it (RFC 3207). */
export function probeMailer({ from, port, name, check }: ProbeMailerOptions): ProbeMailer {
  return {
    from,
    async deliver({ host, address, ...envelope }, signal) {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE)]);
      let socket: Socket | undefined;
      const stop = (): void => void socket?.destroy(new Error('it took too long'));
      deadline.addEventListener('abort', stop);
      let encrypted = false;
      try {
        const usable = await check(address);
        socket = connect({ host: usable, port });
        socket.setTimeout(DEADLINE, stop);
        let lines = new SmtpLines(socket);
        await once(socket, 'connect', { signal: deadline });
        await expected(lines, 220);
        if (offersTls(await say(socket, lines, `EHLO ${name}`, 250))) {
          await say(socket, lines, 'STARTTLS', 220);
          if (lines.hasMore) throw new Refused('it spoke before the connection was encrypted');
          // Opportunistic, as between all mail servers: a certificate that fits no name is better than none.
          const secure = connectTls({ socket, servername: host, rejectUnauthorized: false });
          await once(secure, 'secureConnect', { signal: deadline });
          [socket, lines, encrypted] = [secure, new SmtpLines(secure), true];
          await say(socket, lines, `EHLO ${name}`, 250);
        }
        const { text } = await hand(socket, lines, envelope);
        socket.end('QUIT\r\n');
        return { outcome: 'taken', reply: printable(text), encrypted };
      } catch (error) {
        signal.throwIfAborted();
        const reply = printable(error instanceof Error ? error.message : '');
        return { outcome: error instanceof Refused ? 'refused' : 'unreachable', reply, encrypted };
      } finally {
        deadline.removeEventListener('abort', stop);
        socket?.destroySoon();
      }
    },
  };
}

async function hand(
  socket: Socket,
  lines: SmtpLines,
  { from, to, raw }: Pick<ProbeDelivery, 'from' | 'to' | 'raw'>,
): Promise<SmtpReply> {
  await say(socket, lines, `MAIL FROM:<${from}>`, 250);
  await say(socket, lines, `RCPT TO:<${to}>`, 250);
  await say(socket, lines, 'DATA', 354);
  // A line that begins with a dot gets another one (RFC 5321 section 4.5.2).
  return say(socket, lines, `${raw.replaceAll(/^\./gm, '..').replace(/\r\n$/, '')}\r\n.`, 250);
}

async function say(socket: Socket, lines: SmtpLines, text: string, wanted: number): Promise<SmtpReply> {
  socket.write(`${text}\r\n`);
  return expected(lines, wanted);
}

async function expected(lines: SmtpLines, wanted: number): Promise<SmtpReply> {
  const reply = await lines.next();
  if (reply.code !== wanted) throw new Refused(`${reply.code} ${reply.text}`);
  return reply;
}

function offersTls({ text }: SmtpReply): boolean {
  return /(^| )STARTTLS( |$)/i.test(text);
}

// What a stranger's server says goes onto cards.
function printable(text: string): string {
  return text.slice(0, 300).replaceAll(/[^\x20-\x7e]/g, '?');
}
