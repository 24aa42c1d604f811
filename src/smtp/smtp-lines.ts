import type { Socket } from 'node:net';

/** A reply of a mail server: its code and the text of its lines. */
export interface SmtpReply {
  readonly code: number;
  readonly text: string;
}

/** A reply that is longer than anything a mail server has to say is none (RFC 5321 section 4.5.3.1.5 allows 512 a line). */
const LONGEST_REPLY = 16 * 1024;

/** Reads replies from a socket, one after the other. Rejects when it ends, breaks, or says what is no reply. */
export class SmtpLines {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #rest = '';

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  async next(): Promise<SmtpReply> {
    const texts: string[] = [];
    for (let length = 0; ;) {
      const line = await this.#line();
      length += line.length;
      const [, code, more, text = ''] = /^([2-5]\d\d)([ -])?(.*)$/.exec(line) ?? [];
      if (code === undefined || length > LONGEST_REPLY) throw new Error('this is no reply of a mail server');
      texts.push(text);
      if (more !== '-') return { code: Number(code), text: texts.join(' ') };
    }
  }

  /** True when something was said that nobody asked for: before TLS it could be anybody's (RFC 3207 section 6). */
  get hasMore(): boolean {
    return this.#rest !== '' || this.#socket.readableLength > 0;
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\n');
      if (end >= 0) {
        const line = this.#rest.slice(0, end).replace(/\r$/, '');
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      if (this.#rest.length > LONGEST_REPLY) throw new Error('this is no reply of a mail server');
      const { value, done } = await this.#chunks.next();
      if (done === true) throw new Error('the connection was closed');
      this.#rest += value.toString('latin1');
    }
  }
}
