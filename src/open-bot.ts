import { ApprovalCaller } from './bot/approval-caller.ts';
import { Announcer } from './bot/announcer.ts';
import { ApprovalPlaces } from './bot/approval-places.ts';
import { ConversationBook, type Documents } from './bot/conversation-book.ts';
import { discreetChat } from './bot/discreet-chat.ts';
import { FileOffers } from './bot/file-offers.ts';
import { FailureNotifier } from './bot/failure-notifier.ts';
import { MigrationBot } from './bot/migration-bot.ts';
import { Notifier } from './bot/notifier.ts';
import { Outbox } from './bot/outbox.ts';
import { type MemberGroups, Roles } from './bot/permissions.ts';
import { postDueReports } from './bot/report-clock.ts';
import { startServer } from './bot/server.ts';
import { TeamsAdapter } from './bot/teams-adapter.ts';
import { localeFor } from './cards/locale.ts';
import type { Config } from './config.ts';
import type { Actor } from './engine/domain/actor.ts';
import type { BatchName } from './engine/domain/ids.ts';
import type { Logger, World } from './engine/ports.ts';
import { memberGroups } from './exchange/member-groups.ts';
import type { RunningServer } from './health.ts';

/** The chat edge of a process: its HTTP server, and the notifier that runs until the signal aborts. */
export async function openBot(
  config: Config,
  world: World,
  documents: Documents,
  log: Logger,
  signal: AbortSignal,
): Promise<{ readonly server: RunningServer; readonly notifying: Promise<void> }> {
  const { quiet, zone, reportAt, timeScale, details } = config;
  const book = new ConversationBook(documents);
  const adapter = new TeamsAdapter(config.bot, config.sandbox, log, world.clock, config.charts);
  const locale = localeFor(config.language);
  const chat = config.details === 'everywhere' ? adapter : discreetChat(adapter, locale);
  const outbox = new Outbox({ documents, chat, clock: world.clock, timeScale });
  const roles = new Roles({
    people: { ...config.people, sandbox: config.sandbox },
    groups: groupsOf(config, world),
    clock: world.clock,
    log,
  });
  const failures = new FailureNotifier({ world, book, chat, outbox, locale, quiet, zone });
  const approvals = new ApprovalCaller({
    world,
    book,
    outbox,
    places: new ApprovalPlaces(book, roles),
    locale,
    quiet,
    zone,
  });
  const announcer = new Announcer({ world, book, outbox, locale });
  const reports = async (): Promise<void> => {
    await postDueReports({ world, book, outbox, locale, zone });
    await announcer.look();
  };
  const notifier = new Notifier({ world, book, chat, outbox, locale, failures, approvals, reports });
  const onPinned = (batch: BatchName): void => notifier.pinned(batch);
  const files = new FileOffers({ documents, world, chat, sandbox: config.sandbox });
  const bot = new MigrationBot({ world, book, roles, outbox, files, chat, zone, reportAt, onPinned, details });
  // A link is good for half an hour; a role may be gone before that. Whoever sits at the server has no role to lose.
  const mayUpload = async ({ id }: Actor): Promise<boolean> =>
    id.startsWith('cli:') || (await roles.stillMay(id, 'operate'));
  const server = await startServer({ host: config.host, port: config.port, world, bot, adapter, mayUpload });
  const notifying = notifier.run(signal).catch((error: unknown) => {
    log.error(
      { code: 'NotifierFailed', cause: error instanceof Error ? error.name : 'unknown' },
      'cards are no longer updated',
    );
  });
  return { server, notifying };
}

// Groups are asked for with the app that writes mail; where there is none, only people's own ids count.
function groupsOf({ azure, graphUrl }: Config, { clock }: World): MemberGroups | undefined {
  const signsIn =
    'secret' in azure.credential ? azure.credential.secret !== '' : azure.credential.certificatePath !== '';
  return azure.clientId === '' || azure.tenantId === '' || !signsIn
    ? undefined
    : memberGroups({ ...azure, graphUrl, clock });
}
