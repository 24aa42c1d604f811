import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudAdapter, ConfigurationBotFrameworkAuthentication, TeamsActivityHandler } from 'botbuilder';
import type { Activity, AdaptiveCardInvokeResponse, AdaptiveCardInvokeValue, Response, TurnContext } from 'botbuilder';

/** What a test's bot does; everything it receives is in `received`. */
export interface BotBehaviour {
  onMessage?(context: TurnContext): Promise<void>;
  onCardAction?(context: TurnContext, value: AdaptiveCardInvokeValue): Promise<AdaptiveCardInvokeResponse>;
}

export interface TestBot extends AsyncDisposable {
  /** `.../api/messages`. */
  readonly url: string;
  readonly adapter: CloudAdapter;
  readonly received: readonly Activity[];
}

class Handler extends TeamsActivityHandler {
  readonly #behaviour: BotBehaviour;

  constructor(behaviour: BotBehaviour, received: Activity[]) {
    super();
    this.#behaviour = behaviour;
    this.onTurn(async (context, next) => {
      received.push(context.activity);
      await next();
    });
    this.onMessage(async (context, next) => {
      await behaviour.onMessage?.(context);
      await next();
    });
  }

  protected override async onAdaptiveCardInvoke(
    context: TurnContext,
    value: AdaptiveCardInvokeValue,
  ): Promise<AdaptiveCardInvokeResponse> {
    return (await this.#behaviour.onCardAction?.(context, value)) ?? messageAnswer('nothing to do');
  }
}

/** A real bot: botbuilder's CloudAdapter with an empty app id, on a free loopback port. */
export async function startTestBot(behaviour: BotBehaviour): Promise<TestBot> {
  const received: Activity[] = [];
  const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({ MicrosoftAppId: '' }));
  const handler = new Handler(behaviour, received);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const answer: Response = {
        socket: response.socket,
        status: (code) => (response.statusCode = code),
        header: (name, value) => response.setHeader(name, String(value)),
        send: (value) => response.write(typeof value === 'string' ? value : JSON.stringify(value)),
        end: () => response.end(),
      };
      const asked = { body: isRecord(body) ? body : {}, headers: request.headers, method: 'POST' };
      adapter.process(asked, answer, (context) => handler.run(context)).catch(() => response.writeHead(500).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/messages`,
    adapter,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A card as an attachment. */
export function withCard(content: Readonly<Record<string, unknown>>): Partial<Activity> {
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}

export function cardAnswer(value: Record<string, unknown>): AdaptiveCardInvokeResponse {
  return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value };
}

export function messageAnswer(text: string): AdaptiveCardInvokeResponse {
  const value: unknown = text;
  return {
    statusCode: 200,
    type: 'application/vnd.microsoft.activity.message',
    value: value as Record<string, unknown>,
  };
}

export function errorAnswer(code: string, message: string): AdaptiveCardInvokeResponse {
  return { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code, message } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
