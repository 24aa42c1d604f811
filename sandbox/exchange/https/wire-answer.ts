import type { GraphAnswer } from '../graph/graph-call.ts';
import { errorBody, GraphError } from '../graph/graph-error.ts';

/** An answer ready for the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

const GRAPH_JSON = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';
const DIAGNOSTIC =
  '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"LOCAL"}}';

export function jsonAnswer(status: number, json: object): WireAnswer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: Buffer.from(JSON.stringify(json)),
  };
}

/** Puts an answer of Graph into bytes, with the headers Graph sends with everything. */
export function graphWireAnswer(
  answer: GraphAnswer | GraphError,
  requestId: string,
  clientRequestId: string,
): WireAnswer {
  const common = { 'request-id': requestId, 'client-request-id': clientRequestId, 'x-ms-ags-diagnostic': DIAGNOSTIC };
  if (answer instanceof GraphError) {
    const { body, headers } = jsonAnswer(answer.status, errorBody(answer, requestId, clientRequestId));
    return { status: answer.status, headers: { ...common, ...headers, ...answer.headers }, body };
  }
  if (answer.json) {
    const { body } = jsonAnswer(answer.status, answer.json);
    return { status: answer.status, headers: { ...common, 'Content-Type': GRAPH_JSON, ...answer.headers }, body };
  }
  const type: Record<string, string> = answer.bytes
    ? { 'Content-Type': answer.contentType ?? 'application/octet-stream' }
    : {};
  return { status: answer.status, headers: { ...common, ...type, ...answer.headers }, body: answer.bytes };
}
