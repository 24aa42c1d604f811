import type { Socket } from 'node:net';

/** A word of a command: atoms and quoted strings as text, literals as bytes, lists as lists. */
export type Token = string | Buffer | readonly Token[];

export interface ImapCommand {
  readonly tag: string;
  readonly name: string;
  readonly args: readonly Token[];
}

/** What a literal of this size is answered with before a byte of it is sent; undefined lets it come. */
export type RefuseLiteral = (line: string, size: number) => string | undefined;

/** RFC 3501 sets no limit for a command line; a peer that never ends one must not fill the memory. */
const LONGEST_LINE = 64 * 1024;

/** Lines and counted bytes of a connection. */
class ByteQueue {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer[] = [];
  #length = 0;

  constructor(socket: Socket) {
    this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#held.push(next.value);
    this.#length += next.value.length;
    return true;
  }

  /** A line without its end; undefined when the peer went away or never ends one. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const all = this.#held.length === 1 && this.#held[0] ? this.#held[0] : Buffer.concat(this.#held);
      this.#held = [all];
      const end = all.indexOf('\n');
      if (end >= 0) {
        this.#keep(all.subarray(end + 1));
        return all.toString('latin1', 0, end).replace(/\r$/, '');
      }
      if (all.length > LONGEST_LINE || !(await this.#more())) return undefined;
    }
  }

  async bytes(count: number): Promise<Buffer | undefined> {
    while (this.#length < count) if (!(await this.#more())) return undefined;
    const all = Buffer.concat(this.#held);
    this.#keep(all.subarray(count));
    return all.subarray(0, count);
  }

  #keep(rest: Buffer): void {
    this.#held = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
  }
}

/** Lines of a client, for what is no command (the answer to a SASL challenge). */
export interface CommandReader {
  commands(): AsyncIterable<ImapCommand>;
  line(): Promise<string | undefined>;
}

/** Reads commands with their literals, synchronizing ones and those of LITERAL+ (RFC 7888). */
export function readCommands(socket: Socket, refuse: RefuseLiteral): CommandReader {
  const queue = new ByteQueue(socket);
  const send = (text: string) => socket.write(`${text}\r\n`);
  async function* commands(): AsyncIterable<ImapCommand> {
    command: for (;;) {
      const pieces: (string | Buffer)[] = [];
      for (;;) {
        const line = await queue.line();
        if (line === undefined) return;
        const literal = /\{(\d{1,10})(\+)?\}$/.exec(line);
        if (literal === null) {
          pieces.push(line);
          break;
        }
        const size = Number(literal[1]);
        const first = pieces.length === 0 ? line : String(pieces[0]);
        const refusal = refuse(first, size);
        const isSynchronizing = literal[2] === undefined;
        if (refusal !== undefined && isSynchronizing) {
          send(`${first.split(' ')[0]} ${refusal}`);
          continue command;
        }
        if (isSynchronizing) send('+ Ready for additional command text.');
        const bytes = await queue.bytes(size);
        if (bytes === undefined) return;
        if (refusal !== undefined) {
          send(`${first.split(' ')[0]} ${refusal}`);
          await queue.line();
          continue command;
        }
        pieces.push(line.slice(0, literal.index), bytes);
      }
      const [tag, name, ...args] = parseTokens(pieces);
      yield {
        tag: typeof tag === 'string' ? tag : '*',
        name: typeof name === 'string' ? name.toUpperCase() : '',
        args,
      };
    }
  }
  return { commands, line: () => queue.line() };
}

const WORD = /\s*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|((?:[^\s()"[]|\[[^\]]*\])+))/y;

/** Words of a command; a parenthesis that is never closed closes at the end. */
function parseTokens(pieces: readonly (string | Buffer)[]): readonly Token[] {
  const root: Token[] = [];
  const stack: Token[][] = [root];
  for (const piece of pieces) {
    const top = () => stack.at(-1) ?? root;
    if (typeof piece !== 'string') {
      top().push(piece);
      continue;
    }
    WORD.lastIndex = 0;
    for (let match = WORD.exec(piece); match !== null; match = WORD.exec(piece)) {
      const [, opens, closes, quoted, atom] = match;
      if (opens !== undefined) {
        const list: Token[] = [];
        top().push(list);
        stack.push(list);
      } else if (closes !== undefined) {
        if (stack.length > 1) stack.pop();
      } else top().push(quoted?.replaceAll(/\\(.)/g, '$1') ?? atom ?? '');
    }
  }
  return root;
}

/** A word as text; lists and what is missing are "". */
export function textOf(token: Token | undefined): string {
  if (typeof token === 'string') return token;
  return Buffer.isBuffer(token) ? token.toString('latin1') : '';
}

export function listOf(token: Token | undefined): readonly Token[] {
  return Array.isArray(token) ? (token as readonly Token[]) : [];
}
