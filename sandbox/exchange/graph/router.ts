import type { GraphAnswer, GraphCall, MailboxCall } from './graph-call.ts';
import { badRequest } from './graph-error.ts';

/** Application permissions a token can carry. */
export type Role =
  | 'Mail.ReadWrite'
  | 'MailboxSettings.Read'
  | 'User.Read.All'
  | 'Domain.Read.All'
  | 'Organization.Read.All';

interface Row {
  readonly method: string;
  /** Segments with {names}; under "/users/{user}" for mailbox routes. */
  readonly path: string;
}

/** A row of the route table: a mailbox route passes throttling and faults of its mailbox first. */
export type Route = TenantRoute | MailboxRoute;

export interface TenantRoute extends Row {
  readonly on: 'tenant';
  readonly role: Role;
  run(call: GraphCall): GraphAnswer;
}

export interface MailboxRoute extends Row {
  readonly on: 'mailbox';
  readonly role: Role;
  run(call: MailboxCall): GraphAnswer;
}

export function mailRoute(
  method: string,
  path: string,
  run: MailboxRoute['run'],
  role: Role = 'Mail.ReadWrite',
): MailboxRoute {
  return { on: 'mailbox', method, path, role, run };
}

export function tenantRoute(method: string, path: string, run: TenantRoute['run'], role: Role): TenantRoute {
  return { on: 'tenant', method, path, role, run };
}

/** A route of pre-authenticated URLs: it needs no token and takes none. */
export interface UploadRoute extends Row {
  run(call: MailboxCall): GraphAnswer;
}

export interface RouteMatch<Kind> {
  readonly route: Kind;
  readonly params: Readonly<Record<string, string>>;
}

export type Router<Kind> = (method: string, path: readonly string[]) => RouteMatch<Kind>;

/** Builds a matcher over a table of routes. It throws what Graph answers to unknown paths and methods. */
export function createRouter<Kind extends Row>(routes: readonly Kind[]): Router<Kind> {
  const rows = routes.map((route) => ({ route, segments: route.path.split('/').slice(1) }));
  return (method, path) => {
    const onPath = rows.filter(({ segments }) => matches(segments, path));
    const row = onPath.find(({ route }) => route.method === method);
    if (!row) {
      throw badRequest(
        onPath.length === 0
          ? `Resource not found for the segment '${path.at(-1) ?? ''}'.`
          : `The HTTP method '${method}' is not supported here.`,
      );
    }
    const params = row.segments.flatMap((segment, index) =>
      isParam(segment) ? [[segment.slice(1, -1), path[index] ?? '']] : [],
    );
    return { route: row.route, params: Object.fromEntries(params) as Record<string, string> };
  };
}

/** Fixed segments are compared without case, as OData services on this host do; ids keep theirs. */
function matches(segments: readonly string[], path: readonly string[]): boolean {
  return (
    segments.length === path.length &&
    segments.every((segment, index) =>
      isParam(segment) ? path[index] !== '' : segment.toLowerCase() === path[index]?.toLowerCase(),
    )
  );
}

function isParam(segment: string): boolean {
  return segment.startsWith('{');
}

/**
 * Splits a path into decoded segments. `users('x')` means `users/x`, function calls lose their brackets (`delta()`),
 * and a namespace is optional (`microsoft.graph.delta`).
 */
export function splitPath(path: string): readonly string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .flatMap((segment) => {
      const text = decode(segment)
        .replace(/^microsoft\.graph\./, '')
        .replace(/\(\)$/, '');
      const key = /^([A-Za-z]+)\('(.*)'\)$/.exec(text);
      return key ? [key[1] ?? '', (key[2] ?? '').replaceAll("''", "'")] : [text];
    });
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('The request URL is not well formed.');
  }
}
