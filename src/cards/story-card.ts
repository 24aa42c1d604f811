import type { MigrationEvent } from '../engine/domain/events.ts';
import {
  type Card,
  type CardElement,
  type Tone,
  band,
  card,
  fromOutside,
  markRow,
  section,
  small,
  subtle,
} from './elements.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

/** The story of a user as the card shows it. */
export interface Story {
  readonly identity: string;
  readonly batch: string;
  readonly status: string;
  readonly events: readonly MigrationEvent[];
  readonly earlier: number;
  readonly asOf: string;
}

const MOST_LINES = 12;

/** Why a user is where it is: what happened, in plain words, oldest first. */
export function storyCard(story: Story, locale: Locale = ENGLISH): Card {
  const { t } = locale;
  const lines = story.events.flatMap((event) => storyLine(event, story.asOf, locale) ?? []);
  const hidden = story.earlier + Math.max(0, lines.length - MOST_LINES);
  const last = lines.at(-1);
  const sentence =
    last === undefined ? t.story.nothing : t.story.last(escapeMarkdown(foreign(last.brief, 160)), last.when);
  return card(
    `${story.identity}: ${last?.words ?? t.story.nothing} ${t.write(`why ${story.identity}`)}`,
    [
      band({
        what: t.story.what(escapeMarkdown(foreign(story.batch, 40))),
        tone: last?.tone ?? 'waiting',
        state: t.story.state(lines.length),
        name: story.identity,
        sentence,
      }),
      lines.length === 0
        ? undefined
        : section(
            t.story.title,
            ...(hidden > 0 ? [markRow('plain', [t.story.earlier(hidden)])] : []),
            ...lines.slice(-MOST_LINES).map((each) => each.row),
          ),
      small(t.asOf(story.asOf.slice(11, 16))),
    ],
    [
      { title: t.buttons.show, action: { verb: 'status', target: story.identity } },
      { title: t.buttons.showBatch, action: { verb: 'status', target: story.batch }, secondary: true },
    ],
  );
}

interface StoryLine {
  readonly row: CardElement;
  readonly words: string;
  /** The same, so short that it is read at once. */
  readonly brief: string;
  readonly when: string;
  readonly tone: Tone;
}

function storyLine(event: MigrationEvent, asOf: string, locale: Locale): StoryLine | undefined {
  const said = wordsOf(event, locale);
  if (said === undefined) return undefined;
  const [tone, words] = said;
  const when = locale.clock(new Date(event.at).toISOString(), asOf);
  const by = event.by === undefined ? '' : `  ${foreign(event.by, 40)}`;
  return {
    row: markRow(tone, [subtle(`${when}  `), fromOutside(words, 280), subtle(by)]),
    words,
    brief: briefOf(event, words, locale),
    when,
    tone,
  };
}

// What a server said at length stands below.
function briefOf(event: MigrationEvent, words: string, { t, title, clock }: Locale): string {
  if (event.type === 'UserSyncFailed') return `${title(event.error.code)}.`;
  if (event.type !== 'UserSyncDelayed') return words;
  const [until, at] = [event.until, event.at].map((ms) => new Date(ms).toISOString());
  return t.story.delayed(clock(until ?? '', at ?? ''), `${title(event.reason.code)}.`);
}

function wordsOf(event: MigrationEvent, { t, count, failure, clock }: Locale): readonly [Tone, string] | undefined {
  switch (event.type) {
    case 'BatchCreated':
      return ['waiting', t.story.batchCreated];
    case 'BatchStarted':
      return ['running', t.story.batchStarted];
    case 'BatchStopped':
      return ['stopped', t.story.batchStopped];
    case 'BatchResumed':
      return ['running', t.story.batchResumed];
    case 'SyncRequested':
      return ['running', event.user === undefined ? t.story.batchAsked : t.story.asked];
    case 'UserSyncStarted':
      return ['running', event.initial ? t.story.firstSync : t.story.sync];
    case 'UserReady':
      return ['running', t.story.ready(count(event.copied))];
    case 'UserSynced':
      return ['done', t.story.synced(count(event.copied))];
    case 'UserSyncDelayed': {
      const iso = new Date(event.until).toISOString();
      return [
        'attention',
        t.story.delayed(clock(iso, new Date(event.at).toISOString()), failure(event.reason).message),
      ];
    }
    case 'UserSyncFailed':
      return ['failed', failure(event.error).message];
    case 'UserStopped':
      return ['stopped', t.story.stopped];
    case 'SkippedApproved':
      return ['done', t.story.skippedApproved(event.count)];
    case 'BatchCompleting':
      return ['running', event.lastSync ? t.story.batchCompleting : t.story.batchCompleted];
    case 'BatchRemoving':
      return ['stopped', t.story.batchRemoving];
    case 'UserCompleted':
      return event.warnings === 0
        ? ['done', t.story.completed]
        : ['attention', t.story.completedWithWarnings(event.warnings)];
    case 'UserRemoving':
      return ['stopped', t.story.removing];
    default:
      return undefined;
  }
}
