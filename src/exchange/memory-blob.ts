const NativeBlob = globalThis.Blob;

/**
 * postal-mime collects the bytes of every part in a Blob and reads them back. Node reads a Blob through the event loop,
 * which costs 0.4 ms a part and three quarters of all parsing time (measured: 2.4 s against 0.8 s for 1,500 mails).
 * This Blob has its bytes at hand as well, and answers at once; to whoever else makes one it is like any other.
 */
class MemoryBlob extends NativeBlob {
  readonly #bytes: ArrayBuffer | undefined;

  constructor(...given: BlobParameters) {
    super(...given);
    const parts = (given[0] ?? []).map(bytesOf);
    if (!parts.includes(undefined)) this.#bytes = joined(parts.filter((each) => each !== undefined));
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#bytes === undefined ? super.arrayBuffer() : this.#bytes.slice();
  }
}

type BlobParameters = ConstructorParameters<typeof Blob>;

function bytesOf(part: unknown): Uint8Array | undefined {
  if (typeof part === 'string') return Buffer.from(part);
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  return ArrayBuffer.isView(part) ? new Uint8Array(part.buffer, part.byteOffset, part.byteLength) : undefined;
}

type Line = Uint8Array | '\n';

/** The messages that are being parsed. */
const parsing = new Set<unknown>();

// Lines of a message are views of it, which nobody but its parser has.
function isLine(part: unknown): part is Line {
  return part === '\n' || (part instanceof Uint8Array && parsing.has(part.buffer));
}

/**
 * Every Blob of Node has a native handle, which costs more to make and to collect than a part costs to parse. The parser
 * asks a Blob for its bytes and for nothing else: one of lines is no more than that.
 */
const ParserBlob: typeof NativeBlob = new Proxy(NativeBlob, {
  construct(_native, given: BlobParameters, asked): object {
    const parts: readonly unknown[] = given[0] ?? [];
    if (Array.isArray(parts) && parts.length > 0 && parts[0] !== '\n' && parts.every(isLine))
      return { arrayBuffer: async () => joined(parts) };
    return Reflect.construct(MemoryBlob, given, asked === ParserBlob ? MemoryBlob : asked) as object;
  },
});

function joined(parts: readonly Line[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    if (part === '\n') bytes[at] = 0x0a;
    else bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

/** Runs the parse of a message with the faster Blob in place; parses may overlap. */
export async function withMemoryBlobs<Result>(
  message: Buffer,
  parse: (message: ArrayBuffer) => Promise<Result>,
): Promise<Result> {
  const own = new ArrayBuffer(message.length);
  message.copy(new Uint8Array(own));
  parsing.add(own);
  globalThis.Blob = ParserBlob;
  try {
    return await parse(own);
  } finally {
    parsing.delete(own);
    if (parsing.size === 0) globalThis.Blob = NativeBlob;
  }
}
