import type { TextDictionary } from './text-dictionary.ts';

/**
 * Target ids in few bytes. Ids of Exchange are base64url of bytes whose beginning is the same all over a mailbox: the
 * beginning is stored once in the dictionary, the rest as bytes. Every other id is kept as it is.
 *
 * Stored form: one byte for the kind, four bytes for the number of the beginning (base64url kinds), then the rest.
 */
export interface TargetIdCodec {
  encode(id: string): Uint8Array;
  decode(stored: Uint8Array): string;
  reset(): void;
}

const PLAIN = 0;
/** With as many "=" at the end as the id had: 0, 1 or 2 more than this kind. */
const BASE64URL = 1;

/** Characters of an id the dictionary keeps: a multiple of 4, so that beginning and rest are bytes each. */
const GRAIN = 4;
const SHORTEST_BEGINNING = 24;
/** New beginnings per opened ledger; ids without a common beginning must not fill the dictionary. */
const NEW_BEGINNINGS = 50;

export function targetIdCodec(dictionary: TextDictionary): TargetIdCodec {
  let beginnings: string[] = [];
  let last = '';
  let room = NEW_BEGINNINGS;

  function beginningOf(id: string): string {
    const found = beginnings.find((beginning) => id.startsWith(beginning));
    const shared = sharedLength(last, id);
    last = id;
    if (found !== undefined) return found;
    if (shared < SHORTEST_BEGINNING || room === 0) return '';
    const beginning = id.slice(0, shared - (shared % GRAIN));
    room -= 1;
    beginnings = [...beginnings, beginning].sort((a, b) => b.length - a.length);
    return beginning;
  }

  return {
    encode(id) {
      const bare = id.replace(/={1,2}$/, '');
      if (Buffer.from(bare, 'base64url').toString('base64url') !== bare)
        return Buffer.concat([Buffer.of(PLAIN), Buffer.from(id)]);
      const beginning = beginningOf(bare);
      const head = Buffer.alloc(5);
      head.writeUInt8(BASE64URL + id.length - bare.length, 0);
      head.writeUInt32BE(beginning === '' ? 0 : dictionary.idOf(beginning), 1);
      return Buffer.concat([head, Buffer.from(bare.slice(beginning.length), 'base64url')]);
    },
    decode(stored) {
      const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
      const kind = bytes.readUInt8(0);
      if (kind === PLAIN) return bytes.toString('utf8', 1);
      const text = bytes.readUInt32BE(1);
      const beginning = text === 0 ? '' : dictionary.textOf(text);
      return `${beginning}${bytes.toString('base64url', 5)}${'='.repeat(kind - BASE64URL)}`;
    },
    reset() {
      beginnings = [];
      last = '';
    },
  };
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
