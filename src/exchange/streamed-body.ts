/** A request body whose bytes are made while they are sent: a large message exists once, not as JSON as well. */
export interface StreamedBody {
  /** Bytes that `pieces` gives. */
  readonly length: number;
  /** Begins anew with every call: a refused request is sent again. */
  readonly pieces: () => Iterable<Buffer>;
}

/** Parts one after the other. */
export function joined(parts: readonly (Buffer | StreamedBody)[]): StreamedBody {
  return {
    length: parts.reduce((sum, part) => sum + part.length, 0),
    *pieces() {
      for (const part of parts)
        if (Buffer.isBuffer(part)) yield part;
        else yield* part.pieces();
    },
  };
}
