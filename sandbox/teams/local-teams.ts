import { readFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { executeActivity, messageActivity } from './bot-activities.ts';
import { type Attachment, type Conversation, Conversations, type Message } from './conversations.ts';
import { BOT, PEOPLE, type Person } from './people.ts';

export interface LocalTeamsOptions {
  readonly port?: number;
  /** Where activities go: .../api/messages. */
  readonly botUrl: string;
}

/** A local Teams: Bot Connector for the bot, a web page and methods for people. */
export interface LocalTeams extends AsyncDisposable {
  readonly url: string;
  readonly conversations: Conversations;
  readonly people: readonly Person[];
  readonly channel: Conversation;
  setBot(url: string): void;
  /** Writes a message; in a channel the bot is mentioned. `rootId` answers in a thread. */
  say(person: Person, conversationId: string, text: string, rootId?: string): Promise<Message>;
  /** Presses the button of a card; returns what the bot answered. */
  press(
    person: Person,
    conversationId: string,
    messageId: string,
    action: { readonly verb: string; readonly data: unknown },
  ): Promise<unknown>;
  /** Resolves with the first message that satisfies the condition, now or later. */
  waitFor(condition: (message: Message) => boolean, timeout?: number): Promise<Message>;
}

const LARGEST_MESSAGE = 100 * 1024;
const require = createRequire(import.meta.url);

const FILES: Readonly<Record<string, readonly [path: string, type: string]>> = {
  '/': [new URL('page/index.html', import.meta.url).pathname, 'text/html; charset=utf-8'],
  '/app.js': [new URL('page/app.js', import.meta.url).pathname, 'text/javascript'],
  '/cards.js': [new URL('page/cards.js', import.meta.url).pathname, 'text/javascript'],
  '/style.css': [new URL('page/style.css', import.meta.url).pathname, 'text/css'],
  '/adaptivecards.js': [require.resolve('adaptivecards/dist/adaptivecards.min.js'), 'text/javascript'],
  '/markdown-it.js': [
    join(dirname(require.resolve('markdown-it')), 'browser', 'markdown-it.umd.min.js'),
    'text/javascript',
  ],
};

/** Starts the local Teams on loopback. */
export async function startLocalTeams(options: LocalTeamsOptions): Promise<LocalTeams> {
  const conversations = new Conversations(PEOPLE);
  let botUrl = options.botUrl;
  let origin = '';

  async function deliver(activity: unknown): Promise<unknown> {
    const response = await fetch(botUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(activity),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The bot answered ${response.status}.`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  async function say(person: Person, conversationId: string, text: string, rootId?: string): Promise<Message> {
    const conversation = required(conversations.find(conversationId));
    const message = conversations.add({
      conversationId,
      from: { id: person.id, name: person.name, bot: false },
      text,
      attachments: [],
      ...(rootId === undefined ? {} : { rootId }),
    });
    await deliver(messageActivity(conversation, person, origin, message));
    return message;
  }

  async function press(
    person: Person,
    conversationId: string,
    messageId: string,
    action: { readonly verb: string; readonly data: unknown },
  ): Promise<unknown> {
    const message = required(conversations.message(conversationId, messageId));
    const answer = await deliver(
      executeActivity(required(conversations.find(conversationId)), person, origin, message, action),
    );
    const { type, value } = (answer ?? {}) as { readonly type?: string; readonly value?: unknown };
    if (type === 'application/vnd.microsoft.card.adaptive') {
      conversations.update({ ...message, attachments: [{ contentType: type, content: value }] });
    }
    return answer;
  }

  // -- what the bot calls: the Bot Connector's REST API -------------------------------------------------------------

  async function connector(
    method: string,
    path: readonly string[],
    body: unknown,
  ): Promise<{ readonly status: number; readonly body?: unknown }> {
    const [, , conversationPart = '', area, activityId] = path.map(decodeURIComponent);
    const [conversationId = '', messagePart] = conversationPart.split(';messageid=');
    const conversation = conversations.find(conversationId);
    if (conversation === undefined) return problem(404, 'ConversationNotFound');
    if (area === 'members' || area === 'pagedmembers')
      return { status: 200, body: area === 'members' ? PEOPLE : { members: PEOPLE } };
    if (Buffer.byteLength(JSON.stringify(body ?? ''), 'utf16le') > 2 * LARGEST_MESSAGE)
      return problem(413, 'MessageSizeTooBig');
    const activity = body as { readonly text?: string; readonly attachments?: readonly Attachment[] };
    const known = activityId === undefined ? undefined : conversations.message(conversationId, activityId);
    if (method === 'POST') {
      const posted = conversations.add({
        conversationId,
        from: { ...BOT, bot: true },
        text: activity.text ?? '',
        attachments: activity.attachments ?? [],
        ...(messagePart === undefined ? {} : { rootId: messagePart }),
      });
      return { status: 201, body: { id: posted.id } };
    }
    if (known === undefined) return problem(404, 'ActivityNotFoundInConversation');
    if (method === 'PUT') {
      conversations.update({
        ...known,
        text: activity.text ?? '',
        attachments: activity.attachments ?? [],
        editedAt: new Date().toISOString(),
      });
      return { status: 200, body: { id: known.id } };
    }
    conversations.delete(conversationId, known.id);
    return { status: 200 };
  }

  // -- what the page calls ------------------------------------------------------------------------------------------

  async function pageCall(
    path: string,
    body: Readonly<Record<string, string>> & { readonly action?: { readonly verb: string; readonly data: unknown } },
  ): Promise<unknown> {
    const person = required(PEOPLE.find((each) => each.id === body['person']));
    const conversation = body['conversation'] ?? '';
    if (path === '/page/say') return say(person, conversation, (body['text'] ?? '').slice(0, 4000), body['root']);
    if (path === '/page/press' && body.action !== undefined)
      return press(person, conversation, body['message'] ?? '', body.action);
    return undefined;
  }

  function stream(response: ServerResponse): void {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const state = {
      people: PEOPLE,
      bot: BOT,
      conversations: conversations.all,
      messages: conversations.all.flatMap((each) => conversations.messages(each.id)),
    };
    response.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
    const stop = conversations.listen((change) => response.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`));
    response.on('close', stop);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', origin);
    const file = FILES[pathname];
    if (request.method === 'GET' && file !== undefined) return sendFile(response, ...file);
    if (request.method === 'GET' && pathname === '/page/events') return stream(response);
    const body = await readJson(request);
    if (pathname.startsWith('/v3/conversations/')) {
      const result = await connector(request.method ?? 'GET', pathname.split('/').slice(1), body);
      return send(response, result.status, result.body ?? {});
    }
    if (request.method === 'POST' && pathname.startsWith('/page/')) {
      const result = await pageCall(pathname, body as Parameters<typeof pageCall>[1]).catch((error: unknown) => ({
        error: error instanceof Error ? error.message : 'failed',
      }));
      return send(response, 200, result ?? {});
    }
    send(response, 404, {});
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => send(response, 500, {}));
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve),
  );
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: origin,
    conversations,
    people: PEOPLE,
    channel: required(conversations.all[0]),
    setBot: (url) => void (botUrl = url),
    say,
    press,
    waitFor(condition, timeout = 30_000) {
      for (const each of conversations.all) {
        const found = conversations.messages(each.id).find(condition);
        if (found !== undefined) return Promise.resolve(found);
      }
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => (stop(), reject(new Error('The message did not come.'))), timeout);
        const stop = conversations.listen((change) => {
          if (change.type === 'delete' || !condition(change.message)) return;
          clearTimeout(timer);
          stop();
          resolve(change.message);
        });
      });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function problem(status: number, code: string) {
  return { status, body: { error: { code, message: code } } };
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('not found');
  return value;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function sendFile(response: ServerResponse, path: string, type: string): Promise<void> {
  const content = await readFile(path);
  response
    .writeHead(200, {
      'Content-Type': type,
      'Content-Security-Policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
      'Cache-Control': 'no-store',
    })
    .end(content);
}
