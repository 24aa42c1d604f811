import { readFileSync } from 'node:fs';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { commandWords } from '../../src/bot/commands/command.ts';

/** Teams shows at most this many commands in its menu. */
const MOST_COMMANDS = 12;
/** A bot id that is nobody's: `npm run package-manifest -- --bot-id <id>` puts in the real one. */
const NO_BOT = '00000000-0000-0000-0000-000000000000';

/** The Teams app manifest. Source: https://developer.microsoft.com/json-schemas/teams/v1.29/MicrosoftTeams.schema.json */
export function manifest(version = '1.29') {
  const { version: appVersion } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return {
    $schema: `https://developer.microsoft.com/json-schemas/teams/v${version}/MicrosoftTeams.schema.json`,
    manifestVersion: version,
    version: appVersion,
    id: NO_BOT,
    developer: {
      name: 'Bellhop',
      websiteUrl: 'https://bellhop.example',
      privacyUrl: 'https://bellhop.example/privacy',
      termsOfUseUrl: 'https://bellhop.example/terms',
    },
    name: { short: 'Bellhop', full: 'Bellhop: mailbox migration to Exchange Online' },
    description: {
      short: 'Moves mailboxes from any IMAP server to Exchange Online, and proves it.',
      full: 'Bellhop moves mailboxes from any IMAP server to Exchange Online and keeps them in sync until the cutover. Start batches, watch their progress, see failures with cause and remedy, all in a channel.',
    },
    icons: { color: 'color.png', outline: 'outline.png' },
    accentColor: '#4F46A5',
    localizationInfo: {
      defaultLanguageTag: 'en',
      additionalLanguages: [{ languageTag: 'de', file: 'de.json' }],
    },
    bots: [
      {
        botId: NO_BOT,
        scopes: ['team', 'personal', 'groupChat'],
        isNotificationOnly: false,
        supportsFiles: true,
        commandLists: [{ scopes: ['team', 'personal', 'groupChat'], commands: commandList() }],
      },
    ],
    validDomains: [],
  };
}

function commandList() {
  const offered = COMMANDS.slice(0, MOST_COMMANDS);
  return offered.map(({ usage, help }) => ({ title: commandWords(usage), description: help }));
}
