import {
  type Card,
  type CardElement,
  band,
  bold,
  card,
  line,
  section,
  small,
  spacedLine,
  subtle,
  text,
} from './elements.ts';
import { escapeMarkdown } from './foreign-text.ts';
import type { FormName } from './forms.ts';
import { ENGLISH, type Locale } from './locale.ts';
import { germanCommand } from './text/de-commands.ts';

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

/** All commands by topic, each with an example that can be typed as it is. */
export function helpCard(commands: readonly CommandHelp[], locale: Locale = ENGLISH): Card {
  const { t } = locale;
  const topics = TOPICS.map((topic) => [topic, commands.filter((each) => each.topic === topic)] as const);
  const names = commands.map((each) => each.title.toLowerCase()).join(', ');
  const body: CardElement[] = [
    band({ what: t.help.what, tone: 'waiting', state: t.help.commands, name: t.help.name, sentence: t.help.sentence }),
    ...topics
      .filter(([, list]) => list.length > 0)
      .map(([topic, list]) => section(t.help.topics[topic], ...list.map((each, at) => commandLine(each, at, locale)))),
    small(t.help.more),
  ];
  return card(`${t.help.fallback(names)} ${t.write('help start batch')}`, body, [
    { title: t.buttons.status, action: { verb: 'status' } },
    { title: t.buttons.addEndpoint, action: { verb: 'openForm', form: 'addEndpoint' } },
    { title: t.buttons.createBatch, action: { verb: 'openForm', form: 'createBatch' } },
    { title: t.buttons.failures, action: { verb: 'failures' }, secondary: true },
    { title: t.buttons.endpoints, action: { verb: 'endpoints' }, secondary: true },
  ]);
}

// The shortest honest line: an example, then the first clause of what it does.
function commandLine(command: CommandHelp, at: number, locale: Locale): CardElement {
  const [first = ''] = helpText(command, locale).split(/[.:;]/);
  const words = locale.language === 'en' ? first.charAt(0).toLowerCase() + first.slice(1) : first;
  return spacedLine(at === 0 ? 'Small' : 'None', bold(command.examples[0] ?? command.usage), subtle(`   ${words}`));
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
    `${title}: ${usage}. ${help}`,
    [
      band({
        what: t.help.what,
        tone: 'waiting',
        state: t.help.role(t.help.roles[permission]),
        name: title,
        sentence: escapeMarkdown(help),
      }),
      text(escapeMarkdown(usage), { fontType: 'Monospace', spacing: 'Medium' }),
      section(t.help.examples, ...examples.map((example) => line(bold(example)))),
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
