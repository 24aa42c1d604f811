import type { GraphClient, GraphRequest } from './graph-client.ts';

/** A client whose requests that change something ask first, at the last moment, whether they may still be sent. */
export function fencedClient(graph: GraphClient, beforeSending: () => Promise<void>): GraphClient {
  const fenced = (request: GraphRequest): GraphRequest =>
    request.method === 'GET' ? request : { ...request, beforeSending };
  return {
    send: (request) => graph.send(fenced(request)),
    upload: (request) => graph.upload(fenced(request)),
    read: (request) => graph.read(fenced(request)),
    sendTogether: (requests) => graph.sendTogether(requests.map(fenced)),
    together: () => graph.together(),
    pages: (request) => graph.pages(request),
  };
}
