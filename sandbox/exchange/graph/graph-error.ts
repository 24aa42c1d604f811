/** An answer in Graph's error form. Thrown anywhere below the front door, which writes body and headers. */
export class GraphError extends Error {
  override readonly name = 'GraphError';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function itemNotFound(): GraphError {
  return new GraphError(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
}

export function malformedId(): GraphError {
  return new GraphError(400, 'ErrorInvalidIdMalformed', 'Id is malformed.');
}

/** How Graph's OData layer refuses a body it cannot read. */
export function unreadableBody(message: string): GraphError {
  return new GraphError(400, 'RequestBodyRead', message);
}

export function badRequest(message: string): GraphError {
  return new GraphError(400, 'BadRequest', message);
}

export function throttled(message: string, headers: Readonly<Record<string, string>>): GraphError {
  return new GraphError(429, 'ApplicationThrottled', message, headers);
}

/** Body of an error answer; the date has no zone and no fraction, as Graph writes it. */
export function errorBody(
  error: Pick<GraphError, 'code' | 'message'>,
  requestId: string,
  clientRequestId: string,
): object {
  return {
    error: {
      code: error.code,
      message: error.message,
      innerError: {
        date: new Date().toISOString().slice(0, 19),
        'request-id': requestId,
        'client-request-id': clientRequestId,
      },
    },
  };
}
