import {
  type Activity,
  ActivityTypes,
  CardFactory,
  CloudAdapter,
  type ConfigurationBotFrameworkAuthentication,
  type ConversationReference,
  type Response as BotResponse,
  type TeamsChannelAccount,
  TeamsInfo,
  type TurnContext,
} from 'botbuilder';
import type { Request, Response } from 'restify';
import type { Card } from '../cards/elements.ts';
import type { Clock, Logger } from '../engine/ports.ts';
import { localeFor } from '../cards/locale.ts';
import { chartsAsRows } from './charts-as-rows.ts';
import type { ChatPort, Delivery, Place } from './chat-port.ts';
import { deliveryOf, retryAfter } from './delivery-failure.ts';
import { noBlindRetries } from './no-blind-retries.ts';
import type { Incoming } from './read-activity.ts';
import { readActivity } from './read-activity.ts';
import type { Dialog, Turn } from './migration-bot.ts';
import { type TeamsIdentity, authenticationOf } from './teams-identity.ts';

/** Ends a request without a word about why. */
function refuse(response: Response, status: number): void {
  response.status(status);
  response.end();
}

function isActivity(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && typeof Reflect.get(body, 'type') === 'string';
}

// What the SDK has to say about its errors is for nobody outside.
function withoutWords(response: Response): BotResponse {
  let status = 200;
  return {
    socket: response.socket,
    status: (code: number) => {
      status = code;
      return response.status(code);
    },
    header: (name: string, value: unknown) => response.header(name, value),
    send: (...words: readonly unknown[]) => (status >= 400 ? undefined : response.send(...words)),
    end: () => response.end(),
  };
}

/** The Bot Framework behind Bellhop's own ports. botbuilder is archived by its maker: this file and read-activity are all that know it. */
export class TeamsAdapter implements ChatPort {
  readonly #adapter: CloudAdapter;
  readonly #authentication: ConfigurationBotFrameworkAuthentication;
  readonly #appId: string;
  readonly #sandbox: boolean;
  readonly #clock: Clock;

  constructor(identity: TeamsIdentity, sandbox: boolean, log: Logger, clock: Clock, charts = true) {
    this.#clock = clock;
    this.#appId = identity.appId;
    this.#sandbox = sandbox;
    this.#authentication = authenticationOf(identity);
    this.#adapter = new CloudAdapter(this.#authentication);
    this.#adapter.use(noBlindRetries);
    if (!charts) this.#adapter.use(chartsAsRows);
    this.#adapter.onTurnError = async (_context, error) => {
      log.error({ code: 'TurnFailed', cause: error.name }, 'a turn failed');
    };
  }

  /** Verifies and reads a request, then hands it to `handle`. Answers 401/403 itself. */
  async process(
    request: Request,
    response: Response,
    handle: (incoming: Incoming, turn: Turn) => Promise<void>,
  ): Promise<void> {
    // Of a request the SDK reads body, headers and method; its type and restify's differ in how they say "may be absent".
    const { headers, method = 'POST', body } = request as Request & { readonly body?: unknown };
    if (!isActivity(body)) return refuse(response, 400);
    // Asked here as well, because the SDK answers some bad tokens with 500 and its own words.
    if (!(await this.#isVerified(body, headers['authorization']))) return refuse(response, 401);
    await this.#adapter.process({ headers, method, body }, withoutWords(response), async (context) => {
      const { activity } = context;
      if (!isTrustedService(activity.serviceUrl, this.#sandbox)) return;
      await handle(readActivity(activity), turnOf(context, this.#clock));
      if (activity.type === INVOKE && !answered.has(context)) await respondToNobody(context);
    });
  }

  async #isVerified(activity: Partial<Activity>, header: string | undefined): Promise<boolean> {
    try {
      await this.#authentication.authenticateRequest(activity as Activity, header ?? '');
      return true;
    } catch {
      return false;
    }
  }

  async post(place: Place, card: Card): Promise<Delivery> {
    let id = '';
    try {
      await this.#continue(place, async (context) => {
        id = (await context.sendActivity({ attachments: [CardFactory.adaptiveCard(card)] }))?.id ?? '';
      });
      return { outcome: 'posted', activityId: id };
    } catch (error) {
      return deliveryOf(error, 'post');
    }
  }

  async update(place: Place, activityId: string, card: Card): Promise<Delivery> {
    try {
      await this.#continue(place, (context) =>
        context.updateActivity({
          type: ActivityTypes.Message,
          id: activityId,
          attachments: [CardFactory.adaptiveCard(card)],
        }),
      );
      return { outcome: 'posted', activityId };
    } catch (error) {
      return deliveryOf(error, 'edit');
    }
  }

  async #continue(place: Place, logic: (context: TurnContext) => Promise<unknown>): Promise<void> {
    // The adapter hands errors of the logic to onTurnError; ours belong to the caller.
    let failed: unknown;
    await this.#adapter.continueConversationAsync(this.#appId, referenceOf(place), async (context) => {
      await logic(context).catch((error: unknown) => (failed = error));
    });
    if (failed !== undefined) throw failed;
  }
}

/** ActivityTypes.Invoke, as the activity itself spells it. */
const INVOKE: string = ActivityTypes.Invoke;

const answered = new WeakSet<TurnContext>();

const REPLY_TRIES = 3;
const LONGEST_WAIT = 4_000;

// A reply that Teams has no room for now (429) is sent a little later; whatever else fails is not repeated.
async function sendPatiently(context: TurnContext, activity: Partial<Activity>, clock: Clock): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    try {
      return (await context.sendActivity(activity))?.id ?? '';
    } catch (error) {
      const { outcome } = deliveryOf(error, 'post');
      if (outcome !== 'later' || tries === REPLY_TRIES) throw error;
      await clock.sleep(Math.min(LONGEST_WAIT, retryAfter(error) ?? 1_000 * tries));
    }
  }
}

const ROSTER_PAGE = 500;
const FILE_CONSENT = 'application/vnd.microsoft.teams.card.file.consent';

function isGuest({ userRole }: TeamsChannelAccount): boolean {
  return userRole === 'guest' || userRole === 'anonymous';
}

function turnOf(context: TurnContext, clock: Clock): Turn {
  return {
    reply: (card) =>
      sendPatiently(
        context,
        {
          type: ActivityTypes.Message,
          attachments: [CardFactory.adaptiveCard(card)],
          summary: card.fallbackText.slice(0, 200),
        },
        clock,
      ),
    answer: (result) => respond(context, result),
    dialog: (next) => respondToDialog(context, next),
    offerFile: async ({ id, name, bytes }, description) => {
      const answer = { offer: id };
      const content = { description, sizeInBytes: bytes, acceptContext: answer, declineContext: answer };
      await context.sendActivity({
        type: ActivityTypes.Message,
        attachments: [{ contentType: FILE_CONSENT, name, content }],
      });
    },
    isGuest: async () => isGuest(await TeamsInfo.getMember(context, context.activity.from.id)),
    members: async () => {
      // One page: in a conversation of more people, those on the next ones see the card everybody sees.
      const { members } = await TeamsInfo.getPagedMembers(context, ROSTER_PAGE);
      return members.map((member) => ({
        id: (member.aadObjectId ?? '').toLowerCase(),
        chatId: member.id,
        name: member.name,
        tenantId: (member.tenantId ?? '').toLowerCase(),
        guest: isGuest(member),
      }));
    },
  };
}

// Universal actions: a card replaces the one that was pressed, a message is shown beside it. Within ten seconds.
async function respond(
  context: TurnContext,
  result: { readonly card: Card } | { readonly message: string },
): Promise<void> {
  if (context.activity.type !== INVOKE) return;
  answered.add(context);
  const body =
    'card' in result
      ? { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: result.card }
      : { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: result.message };
  await context.sendActivity({ type: ActivityTypes.InvokeResponse, value: { status: 200, body } });
}

// "Use dialogs with bots": continue shows a card, an empty body closes the dialog.
async function respondToDialog(context: TurnContext, next: Dialog | undefined): Promise<void> {
  answered.add(context);
  const body = next === undefined ? undefined : { task: { type: 'continue', value: taskInfo(next) } };
  await context.sendActivity({ type: ActivityTypes.InvokeResponse, value: { status: 200, body } });
}

function taskInfo({ title, card, size }: Dialog): object {
  return { title, width: 'medium', height: size === 'large' ? 'large' : 'small', card: CardFactory.adaptiveCard(card) };
}

// What Bellhop does not act on is answered in the form the client waits for, or it shows an error of its own.
async function respondToNobody(context: TurnContext): Promise<void> {
  const { name, locale } = context.activity;
  const { t } = localeFor(locale);
  if (name === 'adaptiveCard/action') return respond(context, { message: t.error.done });
  const isDialog = name?.startsWith('task/') === true;
  const body = isDialog ? { task: { type: 'message', value: t.error.nobody } } : undefined;
  await context.sendActivity({ type: ActivityTypes.InvokeResponse, value: { status: 200, body } });
}

function referenceOf(place: Place): Partial<ConversationReference> {
  return {
    serviceUrl: place.serviceUrl,
    channelId: place.channelId,
    bot: { id: place.botId, name: place.botName },
    conversation: {
      id: place.conversationId,
      tenantId: place.tenantId,
      isGroup: !place.personal,
      conversationType: place.personal ? 'personal' : 'channel',
      name: '',
    },
  };
}

const SERVICE_HOSTS = [
  '.trafficmanager.net',
  '.botframework.com',
  '.botframework.us',
  '.botframework.azure.us',
  '.teams.microsoft.com',
  '.teams.microsoft.us',
  '.botframework.azure.cn',
];

/** Posts carry tokens and counts: they go to Microsoft's connectors only, in a sandbox to this machine only. */
export function isTrustedService(serviceUrl: string, sandbox: boolean): boolean {
  if (!URL.canParse(serviceUrl)) return false;
  const { protocol, hostname } = new URL(serviceUrl);
  if (sandbox) return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return protocol === 'https:' && SERVICE_HOSTS.some((suffix) => hostname.endsWith(suffix));
}
