import type { ListResponse, Logger } from 'imapflow';

/** More unread lines than a mailbox may have folders are noise. */
const MOST_LINES = 20_000;

/** Lines of the server the library could not make sense of and skipped: it only tells its log. */
export interface UnreadLines {
  /** A logger that hears of nothing else. */
  readonly logger: Logger;
  /** Untagged answers to LIST since this was asked last. */
  takeListed(): readonly string[];
}

const utf16 = new TextDecoder('utf-16be');

const ignore = (): void => undefined;

export function unreadLines(): UnreadLines {
  let lines: string[] = [];
  const logger: Logger = {
    ...{ debug: ignore, info: ignore, warn: ignore, fatal: ignore },
    error(entry: unknown) {
      const message: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'msg') : undefined;
      if (typeof message !== 'string' || !/^\* X?LIST /i.test(message)) return;
      if (lines.length < MOST_LINES) lines.push(message);
    },
  };
  // A level that is there costs a serialization of every answer.
  for (const level of ['debug', 'info', 'warn']) Reflect.deleteProperty(logger, level);
  return {
    logger,
    takeListed() {
      const taken = lines;
      lines = [];
      return taken;
    },
  };
}

/**
 * A folder out of such a line, so that none is left out without a word: mostly only a flag of it is odd. Where the name itself
 * cannot be read, what the server wrote stands for it; opening it will fail, and is booked.
 */
export function folderOfLine(line: string): Pick<ListResponse, 'path' | 'delimiter' | 'flags'> {
  const rest = line.replace(/^\* X?LIST\s+/i, '').trim();
  const [, flags = '', delimiter = '', name = ''] = /^\(([^)]*)\)\s+(NIL|"(?:\\.|[^"\\])*")\s+(.+)$/i.exec(rest) ?? [];
  const isQuoted = /^"(?:\\.|[^"\\])*"$/.test(name);
  const plain = decodeName(isQuoted ? unquoted(name) : name);
  const isReadable = plain !== '' && (isQuoted || !/[\s(){"]/.test(plain)) && /^[ -~]+$/.test(name);
  return {
    path: isReadable ? plain : rest,
    delimiter: isReadable && delimiter.startsWith('"') ? unquoted(delimiter) : '',
    flags: new Set(flags.split(/\s+/).filter((flag) => flag !== '')),
  };
}

// Modified UTF-7 (RFC 3501 5.1.3).
function decodeName(name: string): string {
  return name.replaceAll(/&([^-]*)-/g, (_, word: string) =>
    word === '' ? '&' : utf16.decode(Buffer.from(word.replaceAll(',', '/'), 'base64')),
  );
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}
