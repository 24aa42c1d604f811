import { createHash } from 'node:crypto';

/** What an item id says: which item, and in which of its places; immutable ids name no place. */
export interface ItemIdentity {
  readonly number: number;
  readonly generation: number | undefined;
}

const FOLDER_BYTES = 89;
const ITEM_BYTES = 113;
const IMMUTABLE_BYTES = 75;
const ATTACHMENT_TAIL = 20;

/**
 * Writes and reads the ids of one mailbox in Exchange's form: 120 (folder), 152 (item) and 100 (immutable item)
 * characters of base64 with "-" for "/" and "_" for "+", as Exchange writes them into URLs. Ids are case sensitive; an
 * item gets a new generation, hence a new id, with every move.
 */
export class ExchangeIds {
  readonly #start: Buffer;
  readonly #middle: Buffer;
  readonly #immutableStart: Buffer;

  constructor(mailboxGuid: string) {
    const noise = Buffer.concat([digest(`folders ${mailboxGuid}`), digest(`items ${mailboxGuid}`)]);
    this.#start = Buffer.concat([
      Buffer.from([0, 3, 0x24, 0]),
      Buffer.from(mailboxGuid, 'ascii'),
      Buffer.from([0, 0x2e]),
      noise.subarray(0, 40),
    ]);
    this.#middle = noise.subarray(40, 56);
    this.#immutableStart = Buffer.concat([
      Buffer.from([0, 9, 0, 0x2e]),
      digest(`immutable ${mailboxGuid}`),
      digest(`tail ${mailboxGuid}`).subarray(0, 27),
    ]);
  }

  folder(number: number): string {
    return encode(this.#start, uint32(number), Buffer.alloc(3));
  }

  item(folder: number, number: number, generation: number): string {
    return encode(this.#itemBytes(folder, number, generation));
  }

  immutableItem(number: number): string {
    return encode(this.#immutableBytes(number));
  }

  attachment(
    item: { readonly folder: number; readonly number: number; readonly generation: number },
    attachment: number,
    immutable: boolean,
  ): string {
    const owner = immutable
      ? this.#immutableBytes(item.number)
      : this.#itemBytes(item.folder, item.number, item.generation);
    return encode(owner, Buffer.from([1, 0x12, 0, 0x10]), this.#middle.subarray(0, 12), uint32(attachment));
  }

  /** The folder number an id names; undefined when it is no folder id of this mailbox. */
  readFolder(id: string): number | undefined {
    const bytes = decode(id, FOLDER_BYTES);
    return bytes?.subarray(0, this.#start.length).equals(this.#start)
      ? bytes.readUInt32BE(this.#start.length)
      : undefined;
  }

  /** The item an id names; undefined when it is no item id of this mailbox. */
  readItem(id: string): ItemIdentity | undefined {
    const immutable = decode(id, IMMUTABLE_BYTES);
    if (immutable?.subarray(0, this.#immutableStart.length).equals(this.#immutableStart)) {
      return { number: immutable.readUInt32BE(this.#immutableStart.length), generation: undefined };
    }
    const bytes = decode(id, ITEM_BYTES);
    if (!bytes?.subarray(0, this.#start.length).equals(this.#start)) return undefined;
    return { number: bytes.readUInt32BE(102), generation: bytes.readUInt32BE(106) };
  }

  /** The attachment number at the end of an attachment id, whatever form its item id has. */
  readAttachment(id: string): number | undefined {
    const bytes = decode(id, ITEM_BYTES + ATTACHMENT_TAIL) ?? decode(id, IMMUTABLE_BYTES + ATTACHMENT_TAIL);
    return bytes?.readUInt32BE(bytes.length - 4);
  }

  #itemBytes(folder: number, number: number, generation: number): Buffer {
    return Buffer.concat([
      this.#start,
      uint32(folder),
      this.#middle,
      uint32(number),
      uint32(generation),
      Buffer.alloc(3),
    ]);
  }

  #immutableBytes(number: number): Buffer {
    return Buffer.concat([this.#immutableStart, uint32(number), Buffer.alloc(8)]);
  }
}

function encode(...parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString('base64').replaceAll('/', '-').replaceAll('+', '_');
}

/** Only the exact spelling counts: base64 with stray bits or another case is another id. */
function decode(id: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(id.replaceAll('-', '/').replaceAll('_', '+'), 'base64');
  return bytes.length === length && encode(bytes) === id ? bytes : undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
