import type { Answer } from './http-io.ts';
import { isTooBig, problemOf, readBotMessage } from './bot-message.ts';
import type { BotAccount } from './activities.ts';
import type { ChatLog } from './chat-log.ts';
import type { Conversation, Message } from './conversation.ts';
import { splitConversationId, threadIdOf } from './conversation.ts';
import { activityNotFound, notInRoster, refusal, throughFault, tooManyRequests } from './connector-answer.ts';
import type { Faults, FaultyCall } from './faults.ts';
import type { Installation } from './installation.ts';
import type { Presence } from './presence.ts';
import { isObject, objectAt, objectsOf, textAt } from './json-value.ts';
import type { JsonObject } from './json-value.ts';
import type { Person } from './people.ts';
import { memberOf, membersPage } from './roster.ts';
import type { SendLimits } from './send-limits.ts';

/** What the connector acts on. */
export interface ConnectorWorld {
  readonly log: ChatLog;
  readonly bot: BotAccount;
  readonly people: readonly Person[];
  readonly tenantId: string;
  readonly faults: Faults;
  /** Undefined: calls are not counted. */
  readonly limits: SendLimits | undefined;
  readonly installation: Installation;
  readonly presence: Presence;
}

/** One call of the bot. */
export interface ConnectorCall {
  readonly method: string;
  /** Path without the service prefix, starting with `/v3/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

interface Place {
  readonly conversation: Conversation;
  readonly rootId: string | undefined;
}

type Handler = (world: ConnectorWorld, call: ConnectorCall, place: Place, rest: string) => Answer;

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly kind: FaultyCall;
  readonly run: Handler;
}

const CONVERSATION_ROUTES: readonly Route[] = [
  { method: 'POST', path: /^\/v3\/conversations\/([^/]+)\/activities$/u, kind: 'send', run: send },
  { method: 'POST', path: /^\/v3\/conversations\/([^/]+)\/activities\/([^/]+)$/u, kind: 'send', run: send },
  { method: 'PUT', path: /^\/v3\/conversations\/([^/]+)\/activities\/([^/]+)$/u, kind: 'edit', run: edit },
  { method: 'DELETE', path: /^\/v3\/conversations\/([^/]+)\/activities\/([^/]+)$/u, kind: 'delete', run: remove },
  { method: 'GET', path: /^\/v3\/conversations\/([^/]+)\/members$/u, kind: 'read', run: members },
  { method: 'GET', path: /^\/v3\/conversations\/([^/]+)\/pagedmembers$/u, kind: 'read', run: pagedMembers },
  { method: 'GET', path: /^\/v3\/conversations\/([^/]+)\/members\/([^/]+)$/u, kind: 'read', run: member },
];

/**
 * The Bot Connector as a bot in Teams sees it: create, send, reply, edit, delete, roster, team details.
 * Errors are the connector's own codes: BadSyntax, ConversationNotFound, BotNotInConversationRoster,
 * ActivityNotFoundInConversation, MemberNotFoundInConversation, MessageSizeTooBig, MessageWritesBlocked.
 */
export function answerConnectorCall(world: ConnectorWorld, call: ConnectorCall): Answer {
  if (call.method === 'POST' && call.path === '/v3/conversations') return createConversation(world, call);
  const team = /^\/v3\/teams\/([^/]+)(\/conversations)?$/u.exec(call.path);
  if (call.method === 'GET' && team !== null) {
    return teamDetails(world, decodeURIComponent(team[1] ?? ''), team[2] !== undefined);
  }
  for (const route of CONVERSATION_ROUTES) {
    const match = route.method === call.method ? route.path.exec(call.path) : null;
    if (match !== null) return inConversation(world, call, route, match);
  }
  return refusal(404, 'ServiceError', 'There is no such operation.');
}

function inConversation(world: ConnectorWorld, call: ConnectorCall, route: Route, match: RegExpExecArray): Answer {
  const { base, rootId } = splitConversationId(decodeURIComponent(match[1] ?? ''));
  const conversation =
    world.log.conversation(base) ?? world.log.conversations.find((candidate) => candidate.team?.id === base);
  if (conversation === undefined) return refusal(404, 'ConversationNotFound', 'Conversation not found.');
  if (!world.installation.has(conversation)) {
    return notInRoster();
  }
  const run = (): Answer => route.run(world, call, { conversation, rootId }, decodeURIComponent(match[2] ?? ''));
  const budget = route.kind === 'read' ? 'read' : 'send';
  if (world.limits?.take(budget, conversation.id, Date.now()) === false) return tooManyRequests();
  return throughFault(world.faults.take(route.kind, conversation.id), run);
}

function send(world: ConnectorWorld, call: ConnectorCall, { conversation, rootId }: Place, replyTo: string): Answer {
  if (!isObject(call.body) || problemOf(call.body) !== undefined) {
    return refusal(400, 'BadSyntax', problemOf(call.body) ?? 'The activity is no object.');
  }
  if (call.body['type'] === 'typing') {
    world.presence.typing(conversation, rootId);
    return { status: 201, body: { id: '' } };
  }
  if (call.body['type'] !== 'message') return refusal(400, 'BadSyntax', 'Teams takes messages and typing only.');
  if (isTooBig(call.body)) return refusal(413, 'MessageSizeTooBig', 'Message size too large.');
  const recipient = textAt(objectAt(call.body, 'recipient'), 'id');
  if (call.query.get('isTargetedActivity') === 'true') {
    if (recipient === undefined || !conversation.memberIds.includes(recipient)) {
      return refusal(400, 'BadArgument', 'A targeted message needs a recipient who is a member.');
    }
  }
  const thread = rootId ?? threadOf(world, conversation, replyTo);
  const message = post(
    world,
    conversation,
    thread,
    call.body,
    call.query.has('isTargetedActivity') ? recipient : undefined,
  );
  return { status: 201, body: { id: message.id } };
}

function edit(world: ConnectorWorld, call: ConnectorCall, { conversation }: Place, id: string): Answer {
  const message = world.log.message(conversation.id, id);
  if (message === undefined || message.deleted) {
    return activityNotFound();
  }
  if (message.author.kind !== 'bot') return refusal(403, 'Forbidden', 'A bot edits its own messages only.');
  if (!isObject(call.body) || problemOf(call.body) !== undefined) {
    return refusal(400, 'BadSyntax', problemOf(call.body) ?? 'The activity is no object.');
  }
  if (isTooBig(call.body)) return refusal(413, 'MessageSizeTooBig', 'Message size too large.');
  world.presence.refreshForOnlookers(world.log.edit(message, readBotMessage(call.body)));
  return { status: 200, body: { id: message.id } };
}

function remove(world: ConnectorWorld, _call: ConnectorCall, { conversation }: Place, id: string): Answer {
  const message = world.log.message(conversation.id, id);
  if (message === undefined || message.deleted || message.author.kind !== 'bot') {
    return activityNotFound();
  }
  world.log.remove(message);
  return { status: 200 };
}

function createConversation(world: ConnectorWorld, call: ConnectorCall): Answer {
  const channelData = objectAt(call.body, 'channelData');
  const channelId = textAt(objectAt(channelData, 'channel'), 'id');
  const memberIds = objectsOf(isObject(call.body) ? call.body['members'] : undefined).map((account) =>
    textAt(account, 'id'),
  );
  const conversation =
    channelId === undefined
      ? world.log.conversations.find(({ kind, memberIds: [only] }) => kind === 'personal' && only === memberIds[0])
      : world.log.conversation(splitConversationId(channelId).base);
  if (memberIds.length > 1) {
    return refusal(400, 'BadSyntax', 'A bot creates a thread in a channel or a chat with one person, nothing else.');
  }
  if (conversation === undefined) return refusal(400, 'BadSyntax', 'Bad format of conversation ID');
  const tenant = textAt(objectAt(channelData, 'tenant'), 'id') ?? textAt(call.body, 'tenantId');
  if (conversation.kind === 'personal' && tenant === undefined) {
    return refusal(400, 'BadSyntax', 'channelData.tenant.id is missing.');
  }
  if (!world.installation.has(conversation)) {
    return notInRoster();
  }
  if (world.limits?.take('create', conversation.id, Date.now()) === false) return tooManyRequests();
  return throughFault(world.faults.take('create', conversation.id), () => {
    const activity = objectAt(call.body, 'activity');
    if (activity['type'] !== 'message') {
      if (conversation.kind === 'channel') return refusal(400, 'BadSyntax', 'A new thread needs its first message.');
      return { status: 201, body: { id: conversation.id } };
    }
    const problem = problemOf(activity);
    if (problem !== undefined) return refusal(400, 'BadSyntax', problem);
    if (isTooBig(activity)) return refusal(413, 'MessageSizeTooBig', 'Message size too large.');
    const message = post(world, conversation, undefined, activity);
    return { status: 201, body: { id: threadIdOf(conversation, message), activityId: message.id } };
  });
}

function members(world: ConnectorWorld, _call: ConnectorCall, { conversation }: Place): Answer {
  return { status: 200, body: membersPage(world, conversation, undefined, Number.POSITIVE_INFINITY).members };
}

function pagedMembers(world: ConnectorWorld, call: ConnectorCall, { conversation }: Place): Answer {
  const size = Number(call.query.get('pageSize') ?? 200);
  return {
    status: 200,
    body: membersPage(world, conversation, call.query.get('continuationToken') ?? undefined, size),
  };
}

function member(world: ConnectorWorld, _call: ConnectorCall, { conversation }: Place, id: string): Answer {
  const account = memberOf(world, conversation, id);
  return account === undefined
    ? refusal(404, 'MemberNotFoundInConversation', 'The specified user is not a member of the conversation.')
    : { status: 200, body: account };
}

function teamDetails(world: ConnectorWorld, teamId: string, channelsOnly: boolean): Answer {
  const channels = world.log.conversations.filter((conversation) => conversation.team?.id === teamId);
  const [first] = channels;
  if (first?.team === undefined) return refusal(404, 'ConversationNotFound', 'Team not found.');
  if (!world.installation.has(first)) {
    return notInRoster();
  }
  if (channelsOnly) {
    return { status: 200, body: { conversations: channels.map(({ id, name }) => ({ id, name })) } };
  }
  const details = {
    ...first.team,
    tenantId: world.tenantId,
    channelCount: channels.length,
    memberCount: first.memberIds.length,
  };
  return { status: 200, body: details };
}

function post(
  world: ConnectorWorld,
  conversation: Conversation,
  rootId: string | undefined,
  activity: JsonObject,
  onlyFor?: string,
): Message {
  const message = world.log.add({
    conversationId: conversation.id,
    author: { id: world.bot.id, name: world.bot.name, kind: 'bot' },
    ...(conversation.kind === 'channel' && rootId !== undefined ? { rootId } : {}),
    ...(onlyFor === undefined ? {} : { onlyFor }),
    ...readBotMessage(activity),
  });
  world.presence.refreshForOnlookers(message);
  return message;
}

/** A reply without a thread in its conversation id goes where the message it answers is. */
function threadOf(world: ConnectorWorld, conversation: Conversation, replyTo: string): string | undefined {
  const answered = world.log.message(conversation.id, replyTo);
  return answered === undefined ? undefined : (answered.rootId ?? answered.id);
}
