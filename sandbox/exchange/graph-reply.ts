import { randomUUID } from 'node:crypto';

/** What the local Graph answers: a status, headers and a JSON value (or nothing). */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is an error, thrown from wherever it is found out. */
export class GraphProblem extends Error {
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

/** An error in Graph's own shape. */
export function problemReply(problem: GraphProblem): Reply {
  const requestId = randomUUID();
  const innerError = {
    date: new Date().toISOString().slice(0, 19),
    'request-id': requestId,
    'client-request-id': requestId,
  };
  return {
    status: problem.status,
    body: { error: { code: problem.code, message: problem.message, innerError } },
    headers: { 'request-id': requestId, ...problem.headers },
  };
}

export const notFound = (what: 'Item' | 'Folder'): GraphProblem =>
  new GraphProblem(
    404,
    what === 'Item' ? 'ErrorItemNotFound' : 'ErrorFolderNotFound',
    'The specified object was not found in the store.',
  );
export const badRequest = (code: string, message: string): GraphProblem => new GraphProblem(400, code, message);
