import type { Command } from '../../src/bot/commands/command.ts';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { row, table } from './markdown.ts';

const ROLES = { view: 'viewer', operate: 'operator', approve: 'approver', 'break-glass': 'break-glass' } as const;

export function commandsPage(): string {
  const topics = [...new Set(COMMANDS.map(({ topic }) => topic))];
  return [
    '# Commands',
    '',
    'The same words work in a channel (`@Bellhop start batch sales-1`), in a chat with Bellhop, on buttons and in a terminal',
    '(`bellhop start batch sales-1`, `--json` for scripts). Names with spaces stand in quotes. Made from the command table by',
    '`npm run generate`.',
    ...topics.flatMap((topic) => ['', `## ${topic}`, '', ...commandTable(topic)]),
    '',
    '## Only in a terminal',
    '',
    ...table(
      ['command', 'does', 'role'],
      [
        row('`bellhop import <file.csv> batch=<name> endpoint=<name> [bad=<path>]`', 'Adds the users of a CSV file to a batch and creates the batch when there is none. Refused rows go to `<file.csv>.bad.csv`: [csv.md](csv.md).', 'operator'),
        row('`bellhop serve`', 'Runs Bellhop.', '-'),
      ],
    ), // prettier-ignore
    '',
  ].join('\n');
}

function commandTable(topic: Command['topic']): readonly string[] {
  const commands = COMMANDS.filter((command) => command.topic === topic);
  return table(
    ['command', 'does', 'also understood as', 'role'],
    commands.map(({ usage, help, aliases, permission }) =>
      row(`\`${usage}\``, help, aliases.map((alias) => `\`${alias}\``).join(', '), ROLES[permission]),
    ),
  );
}
