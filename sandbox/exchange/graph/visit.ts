import { setTimeout as wait } from 'node:timers/promises';

import type { Mailbox, UserAccount } from '../directory/directory.ts';
import type { TokenClaims } from '../entra/access-tokens.ts';
import type { ExchangeWorld } from '../exchange-world.ts';
import { retryAfterMs } from '../limits/fault-actions.ts';
import type { ThrottleRefusal } from '../limits/throttle.ts';
import { sufferFault } from './suffer-fault.ts';
import type { Delivery } from './suffer-fault.ts';
import { wantsImmutableIds } from './graph-call.ts';
import type { GraphAnswer, GraphRequest, MailboxCall, RequestBody } from './graph-call.ts';
import { badRequest, GraphError, throttled } from './graph-error.ts';
import { matchGraphRoute, matchUploadRoute } from './routes.ts';
import type { Role, Route, RouteMatch, UploadRoute } from './router.ts';

/** Who asks: an application with a token, or somebody with a pre-authenticated URL. */
export type Caller = { readonly kind: 'application'; readonly token: TokenClaims } | { readonly kind: 'upload' };

export type RequestHead = Omit<GraphRequest, 'body'>;

export interface Outcome {
  readonly answer: GraphAnswer | GraphError;
  /** How the answer reaches the caller. */
  readonly delivery: Delivery;
}

/** A request from its first line to the end of its answer. It holds a place of its mailbox until `leave`. */
export interface Visit {
  /** Id of the mailbox, when the request is about one. */
  readonly mailboxId: string | undefined;
  run(body: RequestBody, wireBytes: number): Promise<Outcome>;
  leave(): void;
}

type Work = { readonly match: RouteMatch<Route | UploadRoute>; readonly user?: UserAccount };

/**
 * Receives a request: finds its route and its mailbox, counts it and gives it one of the mailbox' places. What is wrong
 * with it comes out of `run`, after the body was read, as it does on the wire.
 */
export function beginVisit(world: ExchangeWorld, head: RequestHead, caller: Caller): Visit {
  const work = attempt(() => findWork(world, head, caller));
  const { user } = work instanceof GraphError ? {} : work;
  let held = false;
  let refusal: ThrottleRefusal | undefined;
  if (user) {
    world.manners.arrive(user.id, head.method, Date.now());
    refusal = world.throttle(user.id).enter(Date.now());
    held = refusal === undefined;
  }
  return {
    mailboxId: user?.id,
    async run(body, wireBytes) {
      const outcome = await run(world, { ...head, body }, work, refusal, wireBytes).catch(
        (error: unknown): Outcome => ({ answer: asGraphError(error), delivery: 'whole' }),
      );
      if (
        user &&
        outcome.answer instanceof GraphError &&
        (outcome.answer.status === 429 || outcome.answer.status === 503)
      ) {
        const { status, headers } = outcome.answer;
        world.manners.askedForRest(user.id, status, retryAfterMs(headers, Date.now()), Date.now());
      }
      return outcome;
    },
    leave() {
      if (!user) return;
      world.manners.leave(user.id);
      if (held) world.throttle(user.id).leave();
      held = false;
    },
  };
}

async function run(
  world: ExchangeWorld,
  request: GraphRequest,
  work: Work | GraphError,
  refusal: ThrottleRefusal | undefined,
  wireBytes: number,
): Promise<Outcome> {
  if (work instanceof GraphError) throw work;
  const { match, user } = work;
  if (user && ['POST', 'PATCH', 'PUT'].includes(request.method)) {
    world.manners.upload(user.id, request.method, wireBytes);
    const overload = world.throttle(user.id).upload(Date.now(), wireBytes);
    if (refusal ?? overload) throw tooMuch(refusal ?? overload);
  }
  if (refusal) throw tooMuch(refusal);
  const { latency } = world.faults.switches;
  if (latency > 0) await wait(latency);
  const names = user ? [user.id, user.address.toLowerCase(), user.userPrincipalName.toLowerCase()] : [];
  const fault = world.faults.strike({ method: request.method, target: request.target, names });
  const handle = () => carryOut(world, request, match, user);
  return fault ? sufferFault(world, fault, request, handle) : { answer: handle(), delivery: 'whole' };
}

function carryOut(
  world: ExchangeWorld,
  request: GraphRequest,
  { route, params }: Work['match'],
  user: UserAccount | undefined,
): GraphAnswer {
  if (!user) {
    if ('on' in route && route.on === 'tenant') return route.run({ world, request, params });
    throw badRequest('The request names no mailbox.');
  }
  const mailbox: Mailbox = world.directory.mailbox(user);
  const call: MailboxCall = { world, request, params, user, mailbox, immutableIds: wantsImmutableIds(request) };
  const answer = route.run(call);
  if (!call.immutableIds) return answer;
  return { ...answer, headers: { ...answer.headers, 'Preference-Applied': 'IdType="ImmutableId"' } };
}

function findWork(world: ExchangeWorld, head: RequestHead, caller: Caller): Work {
  if (caller.kind === 'upload') {
    const match = matchUploadRoute(head.method, head.path);
    return { match, user: findMailbox(world, match.params['user'] ?? '') };
  }
  if (head.path[0]?.toLowerCase() === 'me')
    throw badRequest('/me request is only valid with delegated authentication flow.');
  const match = matchGraphRoute(head.method, head.path);
  checkRole(world, caller.token, match.route.role);
  if (match.route.on === 'tenant') return { match };
  const user = findMailbox(world, match.params['user'] ?? '');
  const { outOfScope } = world.faults.switches;
  if (outOfScope.some((name) => world.directory.find(name)?.id === user.id)) {
    throw new GraphError(
      403,
      'ErrorAccessDenied',
      'Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.',
    );
  }
  return { match, user };
}

function findMailbox({ directory }: ExchangeWorld, name: string): UserAccount {
  const user = directory.find(name);
  if (!user) throw new GraphError(404, 'ErrorInvalidUser', `The requested user '${name}' is invalid.`);
  if (!user.hasMailbox)
    throw new GraphError(
      404,
      'MailboxNotEnabledForRESTAPI',
      'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
    );
  return user;
}

/** Roles are read from the token; one revoked since is gone at once, as an operator testing it would expect. */
function checkRole({ faults }: ExchangeWorld, { roles }: TokenClaims, role: Role): void {
  if (roles.includes(role) && !faults.switches.revokedRoles.includes(role)) return;
  if (role === 'Mail.ReadWrite' || role === 'MailboxSettings.Read')
    throw new GraphError(403, 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.');
  throw new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
}

function tooMuch(refusal: ThrottleRefusal | undefined): GraphError {
  const seconds = Math.max(0.001, (refusal?.retryAfter ?? 0) / 1000).toFixed(3);
  return throttled(`Application is over its ${refusal?.reason ?? ''} limit.`, { 'Retry-After': seconds });
}

function attempt(find: () => Work): Work | GraphError {
  try {
    return find();
  } catch (error) {
    return asGraphError(error);
  }
}

/** A bug of the sandbox must not look like a rule of Exchange: it says what it is. */
function asGraphError(error: unknown): GraphError {
  if (error instanceof GraphError) return error;
  return new GraphError(500, 'SandboxDefect', error instanceof Error ? (error.stack ?? error.message) : String(error));
}
