import {
  type Card,
  type CardElement,
  band,
  card,
  line,
  panel,
  type Run,
  section,
  small,
  spacedLine,
  subtle,
} from './elements.ts';
import { escapeMarkdown } from './foreign-text.ts';
import type { FormName } from './forms.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { germanCommand } from './text/de-commands.ts';
import { DE } from './text/de.ts';
import { EN } from './text/en.ts';

/** What help shows of a command. */
export interface CommandHelp {
  readonly usage: string;
  readonly title: string;
  readonly help: string;
  readonly examples: readonly string[];
  readonly aliases: readonly string[];
  readonly permission: 'view' | 'operate' | 'approve' | 'break-glass';
  readonly topic: 'Look' | 'Move' | 'Set up' | 'Repair' | 'Finish';
  readonly form?: FormName;
}

const TOPICS = ['Look', 'Set up', 'Move', 'Repair', 'Finish'] as const;

/** The way from nothing to a running batch, by the words of its commands. */
const FIRST_STEPS = ['add endpoint', 'test endpoint', 'create batch', 'add users', 'check batch', 'start batch'];

/** Where to begin, and the names of all commands by topic: each topic and each command has a card of its own. */
export function helpCard(commands: readonly CommandHelp[], locale: Locale = ENGLISH): Card {
  const { t } = locale;
  const topics = TOPICS.map((topic) => [topic, commands.filter((each) => each.topic === topic)] as const);
  const names = commands.map((each) => each.title.toLowerCase()).join(', ');
  const steps = FIRST_STEPS.flatMap((words) => commands.find((each) => commandWords(each.usage) === words) ?? []);
  const body: CardElement[] = [
    band({ what: t.help.what, tone: 'waiting', state: t.help.commands, name: t.help.name, sentence: t.help.sentence }),
    panel(
      t.help.start,
      ...steps.map((each, at) =>
        spacedLine(at === 0 ? 'Small' : 'None', subtle(`${at + 1}  `), typed(exampleOf(each))),
      ),
    ),
    ...topics.map(([topic, list]) =>
      section(
        t.help.topics[topic],
        line(
          ...list.flatMap((each, at) => [
            at === 0 ? '' : subtle(' · '),
            commandWords(each.usage).replaceAll(' ', '\u00a0'),
          ]),
        ),
      ),
    ),
    small(t.help.more(t.help.topics.Repair.toLowerCase())),
  ];
  return card(`${t.help.fallback(names)} ${t.write('help start batch')}`, body, [
    { title: t.buttons.status, action: { verb: 'status' } },
    { title: t.buttons.addEndpoint, action: { verb: 'openForm', form: 'addEndpoint' } },
    { title: t.buttons.createBatch, action: { verb: 'openForm', form: 'createBatch' } },
    { title: t.buttons.failures, action: { verb: 'failures' }, secondary: true },
    { title: t.buttons.endpoints, action: { verb: 'endpoints' }, secondary: true },
  ]);
}

/** The topic somebody names, in any language Bellhop speaks. */
export function readTopic(text: string): CommandHelp['topic'] | undefined {
  const word = text.trim().toLowerCase();
  return TOPICS.find((topic) =>
    [topic, EN.help.topics[topic], DE.help.topics[topic]].some((each) => each.toLowerCase() === word),
  );
}

/** The commands of a topic, each with an example that can be typed as it is. */
export function topicHelpCard(
  topic: CommandHelp['topic'],
  commands: readonly CommandHelp[],
  locale: Locale = ENGLISH,
): Card {
  const { t } = locale;
  const list = commands.filter((each) => each.topic === topic);
  const name = t.help.topics[topic];
  return card(
    `${name}: ${list.map((each) => each.title.toLowerCase()).join(', ')}. ${t.write('help start batch')}`,
    [
      band({ what: t.help.what, tone: 'waiting', state: t.help.commands, name, sentence: t.help.sentence }),
      section(name, ...list.map((each, at) => commandLine(each, at, locale))),
    ],
    [{ title: t.buttons.allCommands, action: { verb: 'help' } }],
  );
}

function commandWords(usage: string): string {
  return usage.split(/\s+(?=[<[])/)[0] ?? usage;
}

// Our own words, to be copied as they are.
function typed(text: string): Run {
  return { text, bold: true, said: true };
}

function exampleOf({ examples, usage }: CommandHelp): string {
  return examples[0] ?? usage;
}

// The shortest honest line: an example, then the first clause of what it does.
function commandLine(command: CommandHelp, at: number, locale: Locale): CardElement {
  const [first = ''] = helpText(command, locale).split(/[.:;]/);
  const words = locale.language === 'en' ? first.charAt(0).toLowerCase() + first.slice(1) : first;
  return spacedLine(at === 0 ? 'Small' : 'None', typed(locale.usage(exampleOf(command))), subtle(`   ${words}`));
}

function helpText({ usage, help }: CommandHelp, { language }: Locale): string {
  return (language === 'de' ? germanCommand(usage)?.help : undefined) ?? help;
}

/** One command with usage, examples and other ways to write it. */
export function commandHelpCard(command: CommandHelp, locale: Locale = ENGLISH): Card {
  const { t, language } = locale;
  const { usage, examples, aliases, permission, form } = command;
  const title = (language === 'de' ? germanCommand(usage)?.title : undefined) ?? command.title;
  const help = helpText(command, locale);
  return card(
    `${title}: ${locale.usage(usage)}. ${help}`,
    [
      band({
        what: t.help.what,
        tone: 'waiting',
        state: t.help.role(t.help.roles[permission]),
        name: title,
        sentence: escapeMarkdown(help),
      }),
      // A run is literal: "<name>" stays what it is.
      spacedLine('Medium', { text: locale.usage(usage), mono: true }),
      section(t.help.examples, ...examples.map((example) => line(typed(locale.usage(example))))),
      aliases.length === 0 ? undefined : small(`${t.help.also}: ${aliases.map(escapeMarkdown).join(', ')}`),
    ],
    [
      ...(form === undefined
        ? []
        : [{ title: t.forms.open, action: { verb: 'openForm', form }, primary: true } as const]),
      { title: t.buttons.allCommands, action: { verb: 'help' } },
    ],
  );
}
