import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import AjvDraft04 from 'ajv-draft-04';
import { expect, test } from 'vitest';
import { manifest } from '../scripts/generate/manifest.ts';
import { COMMANDS } from '../src/bot/commands/index.ts';

const SCHEMAS = join(import.meta.dirname, '../../shared/contracts/teams');

function findings(schemaFile: string, value: unknown): readonly string[] {
  const schema = JSON.parse(readFileSync(join(SCHEMAS, schemaFile), 'utf8')) as object;
  const ajv = new AjvDraft04.default({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false });
  const isValid = ajv.compile(schema);
  return isValid(value) ? [] : (isValid.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

test.skipIf(!existsSync(SCHEMAS))('the app manifest and its German texts fit the schemas of Teams', () => {
  const german = JSON.parse(readFileSync(new URL('../manifest/de.json', import.meta.url), 'utf8')) as unknown;

  expect(findings('teams-app-v1.29.MicrosoftTeams.schema.json', manifest())).toEqual([]);
  expect(findings('teams-app-v1.29.MicrosoftTeams.Localization.schema.json', german)).toEqual([]);
});

test('the menu offers commands of the table, most used first, no more than Teams shows', () => {
  const commands = manifest().bots[0]?.commandLists[0]?.commands ?? [];

  expect(commands.length).toBeLessThanOrEqual(12);
  expect(commands.every(({ title }) => COMMANDS.some(({ usage }) => usage.startsWith(title)))).toBe(true);
  expect(commands.map(({ title }) => title)).toContain('start batch');
});
