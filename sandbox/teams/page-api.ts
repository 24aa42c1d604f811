import type { BotAccount } from './activities.ts';
import type { BotEndpoint } from './bot-endpoint.ts';
import type { ChatLog } from './chat-log.ts';
import type { Conversation, Message } from './conversation.ts';
import type { EventStreams } from './event-streams.ts';
import { BadRequest } from './http-io.ts';
import type { Answer } from './http-io.ts';
import { isObject, objectAt, textAt } from './json-value.ts';
import { conversationsFor, personForPage } from './page-view.ts';
import { findPerson } from './people.ts';
import type { Person } from './people.ts';
import type { PeopleAtWork } from './people-at-work.ts';
import type { Presence } from './presence.ts';

/** A command the compose box offers, as in the app's manifest. */
export interface OfferedCommand {
  readonly title: string;
  readonly description: string;
}

/** What the page may ask. */
export interface PageWorld {
  readonly log: ChatLog;
  readonly bot: BotAccount;
  readonly endpoint: BotEndpoint;
  readonly people: readonly Person[];
  readonly commands: readonly OfferedCommand[];
  readonly work: PeopleAtWork;
  readonly streams: EventStreams;
  readonly presence: Presence;
}

/** Answers the page's own calls: state, say, press, submit, file, refresh, open. Who asks is said by `as`, a person's handle. */
export async function answerPageCall(
  world: PageWorld,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): Promise<Answer> {
  if (method === 'GET' && path === '/api/people') {
    return { status: 200, body: { people: world.people.map(personForPage) } };
  }
  const person = findPerson(world.people, textAt(body, 'as') ?? query.get('as') ?? '');
  if (person === undefined) throw new BadRequest(404, 'There is nobody of that name.');
  if (method === 'GET' && path === '/api/state') return { status: 200, body: stateFor(world, person) };
  if (method !== 'POST') throw new BadRequest(405, 'This call needs POST.');
  switch (path) {
    case '/api/say': {
      const conversation = conversationOf(world, person, body);
      const text = (textAt(body, 'text') ?? '').trim();
      if (text === '' || text.length > 20_000) throw new BadRequest(400, 'A message has 1 to 20,000 characters.');
      // The page hears of the message, and whether the bot took it, through the event stream.
      void world.work.say(person, conversation, text, textAt(body, 'rootId'));
      return { status: 202, body: {} };
    }
    case '/api/press': {
      const conversation = conversationOf(world, person, body);
      const message = messageOf(world, conversation, body);
      const outcome = await world.work.press(
        person,
        conversation,
        message,
        objectAt(body, 'action'),
        objectAt(body, 'inputs'),
      );
      return { status: 200, body: outcome };
    }
    case '/api/submit': {
      const conversation = conversationOf(world, person, body);
      const message = messageOf(world, conversation, body);
      const outcome = await world.work.submitDialog(person, conversation, message, objectAt(body, 'data'));
      return { status: 200, body: outcome };
    }
    case '/api/file': {
      const conversation = conversationOf(world, person, body);
      const message = messageOf(world, conversation, body);
      const accepted = isObject(body) && body['accepted'] === true;
      return { status: 200, body: await world.work.answerFile(person, conversation, message, accepted) };
    }
    case '/api/refresh': {
      const conversation = conversationOf(world, person, body);
      await world.work.refresh(person, conversation, messageOf(world, conversation, body), 'manual');
      return { status: 200, body: {} };
    }
    case '/api/open': {
      const conversation = conversationOf(world, person, body);
      const listener = world.streams.listener(textAt(body, 'tab') ?? '');
      if (listener !== undefined) listener.conversationId = conversation.id;
      void world.presence.opened(person, conversation);
      return { status: 200, body: {} };
    }
    default:
      throw new BadRequest(404, 'There is no such call.');
  }
}

function stateFor(world: PageWorld, person: Person): unknown {
  return {
    me: personForPage(person),
    people: world.people.map(personForPage),
    bot: world.bot,
    botUrl: world.endpoint.url,
    commands: world.commands,
    conversations: conversationsFor(person, world.log.conversations, (id) => world.log.messages(id)),
  };
}

function conversationOf(world: PageWorld, person: Person, body: unknown): Conversation {
  const conversation = world.log.conversation(textAt(body, 'conversationId') ?? '');
  if (conversation === undefined || !conversation.memberIds.includes(person.id)) {
    throw new BadRequest(404, 'You are not in this conversation.');
  }
  return conversation;
}

function messageOf(world: PageWorld, conversation: Conversation, body: unknown): Message {
  const message = world.log.message(conversation.id, textAt(body, 'messageId') ?? '');
  if (message === undefined) throw new BadRequest(404, 'The message is gone.');
  return message;
}
