import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { manifest } from './generate/manifest.ts';
import { zip } from '../src/record/zip.ts';

const USAGE = `usage: npm run package-manifest -- --bot-id <application id of the bot> [--manifest-version 1.29] [--domain bellhop.contoso.com]
writes dist/bellhop-teams.zip: upload it in the Teams admin centre`;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const folder = new URL('../manifest/', import.meta.url);

const { values } = parseArgs({
  options: {
    'bot-id': { type: 'string', default: process.env['MicrosoftAppId'] ?? '' },
    'manifest-version': { type: 'string', default: '1.29' },
    domain: { type: 'string', multiple: true, default: [] },
  },
});
const botId = values['bot-id'];
if (!GUID.test(botId)) {
  console.error(`The bot's application id is a GUID, and "${botId}" is none.\n${USAGE}`);
  process.exit(2);
}

const plain = manifest(values['manifest-version']);
const own = { ...plain, id: botId, bots: plain.bots.map((bot) => ({ ...bot, botId })), validDomains: values.domain };
const file = new URL('../dist/bellhop-teams.zip', import.meta.url);
mkdirSync(new URL('.', file), { recursive: true });
writeFileSync(
  file,
  zip([
    { name: 'manifest.json', bytes: Buffer.from(JSON.stringify(own, undefined, 2)) },
    ...['de.json', 'color.png', 'outline.png'].map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) })),
  ]),
);
console.log('dist/bellhop-teams.zip');
