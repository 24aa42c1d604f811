import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { localCertificate } from '../certificate.ts';
import { type Fault, FaultSwitches, strikeAfter, strikeBefore } from './faults.ts';
import { GraphProblem, type Reply, problemReply } from './graph-reply.ts';
import { type ApiRequest, MailApi } from './mail-api.ts';
import { MailStore, type StoredUser } from './mail-store.ts';
import { type MailboxManners, REAL_LIMITS, Throttle } from './throttle.ts';
import { TokenEndpoint } from './token-endpoint.ts';

export interface LocalExchangeOptions {
  /** Where mailboxes and certificates are kept; a restart finds them again. */
  readonly directory: string;
  readonly port?: number;
  /** False switches Graph's limits off (benchmarks). */
  readonly throttling?: boolean;
  /** Windows of the limits shrink by this factor. */
  readonly timeScale?: number;
  /** ms every Graph answer takes at least: a network and a data centre lie between. */
  readonly latency?: number;
  /** Sees every exchange: for contract tests. */
  readonly onExchange?: (
    request: { readonly method: string; readonly path: string; readonly body: unknown },
    reply: Reply,
  ) => void;
}

/** A local Exchange Online: token endpoint and Graph mail API over HTTPS, mailboxes on disk. */
export interface LocalExchange extends AsyncDisposable {
  readonly graphUrl: string;
  readonly authorityHost: string;
  /** PEM of the CA, for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly store: MailStore;
  readonly faults: FaultSwitches;
  readonly tokens: TokenEndpoint;
  readonly api: MailApi;
  addMailbox(mailbox: {
    readonly address: string;
    readonly displayName?: string;
    readonly kind?: 'user' | 'shared';
    readonly aliases?: readonly string[];
  }): StoredUser;
  addUserWithoutMailbox(address: string): StoredUser;
  manners(mailboxId: string): MailboxManners;
}

const APP = {
  tenantId: '11111111-1111-4111-8111-111111111111',
  clientId: '22222222-2222-4222-8222-222222222222',
  clientSecret: 'sandbox-secret-not-real',
} as const;

/** A request body is at most 4 MB, upload ranges apart. */
const LARGEST_BODY = 4 * 1024 * 1024;
const LATE = 5_000;
/** Says that the throttle let a request in; never sent. */
const ENTERED: Reply = { status: 0 };

interface Incoming {
  readonly url: URL;
  readonly method: string;
  readonly segments: readonly string[];
  readonly mailbox: string | undefined;
  readonly body: Buffer;
}

/** Starts the local Exchange Online on loopback. */
export async function startLocalExchange(options: LocalExchangeOptions): Promise<LocalExchange> {
  const { directory, port = 0, throttling = true, timeScale = 1, latency = 0 } = options;
  const files = await localCertificate(join(directory, 'tls'));
  const store = new MailStore(join(directory, 'store'));
  const api = new MailApi(store);
  const faults = new FaultSwitches();
  const limits = {
    ...REAL_LIMITS,
    requestWindow: REAL_LIMITS.requestWindow / timeScale,
    byteWindow: REAL_LIMITS.byteWindow / timeScale,
  };
  const throttle = new Throttle(throttling ? limits : undefined);
  let origin = '';
  const tokens = new TokenEndpoint(APP, () => origin);

  function graph(request: ApiRequest, mailbox: string | undefined, fault: Fault | undefined): Reply {
    try {
      const instead = strikeBefore(fault);
      if (instead !== undefined) return instead;
      return api.handle(fault?.action === '504-late-store' ? { ...request, visibleAfter: LATE / timeScale } : request);
    } catch (error) {
      if (!(error instanceof GraphProblem)) throw error;
      const seconds = Number(error.headers['Retry-After']);
      if (mailbox !== undefined && seconds > 0 && fault !== undefined)
        throttle.expectRest(mailbox, (seconds * 1000) / timeScale);
      return problemReply(error);
    }
  }

  function batch(body: unknown, outer: Omit<ApiRequest, 'method' | 'segments' | 'query' | 'body'>): Reply {
    const requests = (
      body as {
        readonly requests?: readonly {
          id: string;
          method: string;
          url: string;
          body?: unknown;
          headers?: Record<string, string>;
        }[];
      }
    ).requests;
    if (!Array.isArray(requests) || requests.length === 0 || requests.length > 20) {
      return problemReply(new GraphProblem(400, 'BadRequest', 'A batch holds 1 to 20 requests.'));
    }
    const responses = requests.map(({ id, method, url, body: inner, headers = {} }) => {
      const parsed = new URL(url, 'https://inner/');
      const segments = segmentsOf(parsed.pathname);
      const immutableIds = Object.entries<string>(headers).some(
        ([name, value]) => name.toLowerCase() === 'prefer' && value.includes('ImmutableId'),
      );
      const mailbox = mailboxOf(segments, store);
      const request = {
        ...outer,
        method,
        segments,
        query: parsed.searchParams,
        body: () => inner,
        contentType: 'application/json',
        immutableIds,
      };
      const reply = guarded(() => {
        const bytes = Buffer.byteLength(JSON.stringify(inner ?? ''));
        const leave = mailbox === undefined ? () => undefined : throttle.enter(mailbox, method, bytes);
        leave();
        return graph(request, mailbox, faults.take(method, parsed.pathname, mailbox));
      });
      return {
        id,
        status: reply.status,
        headers: { 'Content-Type': 'application/json', ...reply.headers },
        body: reply.body ?? null,
      };
    });
    return { status: 200, body: { responses } };
  }

  // A request holds its place from its first byte to its answer: that is what "4 at once" counts.
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', origin);
    const method = request.method ?? 'GET';
    const segments = segmentsOf(url.pathname);
    const mailbox = mailboxOf(segments, store);
    let leave: (() => void) | undefined;
    const refused = guarded(() => {
      if (mailbox !== undefined)
        leave = throttle.enter(mailbox, method, Number(request.headers['content-length'] ?? 0));
      return ENTERED;
    });
    try {
      const body = await readBody(request, url.pathname.startsWith('/upload/') ? 5 * 1024 * 1024 : LARGEST_BODY);
      if (latency > 0 && mailbox !== undefined) await new Promise((resolve) => setTimeout(resolve, latency));
      if (refused !== ENTERED) send(response, refused);
      else if (body === undefined)
        send(
          response,
          problemReply(new GraphProblem(413, 'RequestEntityTooLarge', 'The request is larger than 4 MB.')),
        );
      else dispatch(request, response, { url, method, segments, mailbox, body });
    } finally {
      leave?.();
    }
  }

  function dispatch(
    request: IncomingMessage,
    response: ServerResponse,
    { url, method, segments, mailbox, body }: Incoming,
  ): void {
    const entra = tokens.handle(method, url.pathname, new URLSearchParams(body.length < 20_000 ? body.toString() : ''));
    if (entra !== undefined) return send(response, entra);
    if (url.pathname.startsWith('/upload/sessions/')) {
      const token = url.pathname.split('/').at(-1) ?? '';
      return send(
        response,
        guarded(() => api.upload(token, request.headers['content-range'], body)),
      );
    }
    const fault = faults.take(method, url.pathname, mailbox);
    const prefer = [request.headers['prefer'] ?? []].flat().join(',');
    const common = {
      origin,
      contentType: request.headers['content-type'] ?? '',
      immutableIds: /IdType="ImmutableId"/i.test(prefer),
      visibleAfter: 0,
    };
    const parse = (): unknown => (common.contentType.startsWith('text/plain') ? body.toString() : parseJson(body));
    const reply = guarded(() => {
      tokens.check(request.headers.authorization);
      if (segments[0] === '$batch') return batch(parse(), common);
      return graph({ ...common, method, segments, query: url.searchParams, body: parse }, mailbox, fault);
    });
    if (options.onExchange !== undefined) {
      const sent = body.length > 0 && !common.contentType.startsWith('text/plain') ? guardedParse(body) : undefined;
      options.onExchange({ method, path: `${url.pathname}${url.search}`, body: sent }, reply);
    }
    const final = reply.status < 300 ? strikeAfter(fault, reply, response) : reply;
    if (final !== 'dealt-with') send(response, final);
  }

  const server = createServer(
    { key: readFileSync(files.key), cert: readFileSync(files.certificate), keepAliveTimeout: 60_000 },
    (request, response) => {
      answer(request, response).catch(() => response.destroy());
    },
  );
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;

  return {
    ...APP,
    graphUrl: origin,
    authorityHost: origin,
    caFile: files.ca,
    store,
    faults,
    tokens,
    api,
    addMailbox: ({ address, displayName = address, kind = 'user', aliases = [] }) => {
      const existing = [...store.users.values()].find((user) => user.address === address);
      return existing ?? store.addUser({ address, displayName, kind, aliases, mailbox: true });
    },
    addUserWithoutMailbox: (address) =>
      store.addUser({ address, displayName: address, kind: 'user', aliases: [], mailbox: false }),
    manners: (mailboxId) => throttle.manners(mailboxId),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
    },
  };
}

function guarded(work: () => Reply): Reply {
  try {
    return work();
  } catch (error) {
    if (error instanceof GraphProblem) return problemReply(error);
    throw error;
  }
}

function segmentsOf(pathname: string): readonly string[] {
  return pathname
    .replace(/^\/v1\.0\//, '/')
    .split('/')
    .filter(Boolean)
    .map(decodeURIComponent);
}

function mailboxOf([root, id]: readonly string[], store: MailStore): string | undefined {
  if (root !== 'users' || id === undefined) return undefined;
  return store.users.get(id)?.id ?? [...store.users.values()].find((user) => user.address === id.toLowerCase())?.id;
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw new GraphProblem(400, 'UnableToDeserializePostBody', 'were unable to deserialize');
  }
}

function guardedParse(body: Buffer): unknown {
  try {
    return parseJson(body);
  } catch {
    return undefined;
  }
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size > limit ? undefined : Buffer.concat(chunks);
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  if (Buffer.isBuffer(body)) {
    response.writeHead(status, { 'Content-Type': 'application/octet-stream', ...headers }).end(body);
    return;
  }
  const text = body === undefined ? '' : JSON.stringify(body);
  response
    .writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(text)),
      ...headers,
    })
    .end(text);
}
