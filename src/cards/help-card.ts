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

/** What help shows of a command. */
export interface CommandHelp {
  readonly usage: string;
  readonly title: string;
  readonly help: string;
  readonly examples: readonly string[];
  readonly aliases: readonly string[];
  readonly permission: string;
  readonly topic: string;
}

const TOPICS = ['Look', 'Move', 'Set up', 'Repair'];

/** All commands by topic, each with an example that can be typed as it is. */
export function helpCard(commands: readonly CommandHelp[]): Card {
  const topics = TOPICS.map((topic) =>
    commands.filter((each) => each.topic === topic && each.examples[0] !== undefined),
  );
  const names = commands.map((each) => each.title.toLowerCase()).join(', ');
  const body: CardElement[] = [
    band({
      what: 'Help',
      tone: 'waiting',
      state: 'Commands',
      name: 'What Bellhop can do',
      sentence: 'Write **@Bellhop** and a command. Buttons do the same.',
    }),
    ...topics.filter((list) => list.length > 0).map((list) => section(list[0]?.topic ?? '', ...list.map(commandLine))),
    small('Passwords never go into chat. More: **help start batch**, or any other command.'),
  ];
  return card(`Bellhop commands: ${names}. Write: help start batch`, body, [
    { title: 'Status', action: { verb: 'status' } },
    { title: 'Failures', action: { verb: 'failures' } },
    { title: 'Endpoints', action: { verb: 'endpoints' }, secondary: true },
  ]);
}

function commandLine({ examples, help }: CommandHelp, at: number): CardElement {
  const [first = ''] = help.split(/[.:]/);
  return spacedLine(
    at === 0 ? 'Small' : 'None',
    bold(examples[0] ?? ''),
    subtle(`   ${first.charAt(0).toLowerCase()}${first.slice(1)}`),
  );
}

/** One command with usage, examples and other ways to write it. */
export function commandHelpCard({ usage, title, help, examples, aliases, permission }: CommandHelp): Card {
  return card(
    `${title}: ${usage}. ${help}`,
    [
      band({
        what: 'Help',
        tone: 'waiting',
        state: `Role: ${ROLE[permission] ?? permission}`,
        name: title,
        sentence: escapeMarkdown(help),
      }),
      text(escapeMarkdown(usage), { fontType: 'Monospace', spacing: 'Medium' }),
      section('Examples', ...examples.map((example) => line(bold(example)))),
      aliases.length === 0 ? undefined : small(`Also: ${aliases.map(escapeMarkdown).join(', ')}`),
    ],
    [{ title: 'All commands', action: { verb: 'help' } }],
  );
}

const ROLE: Readonly<Record<string, string>> = { view: 'viewer', operate: 'operator', approve: 'approver' };
