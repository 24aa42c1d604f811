import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardText } from '../../sandbox/teams/card-text.ts';
import { examineDrop } from '../../src/drop/examine-drop.ts';
import { type Finding, examine } from '../../src/engine/doctor.ts';
import type { World } from '../../src/engine/ports.ts';
import { readAccess } from '../../src/exchange/token-access.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const token = (claims: object): string => `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

describe('the rights of the app, as its token names them', () => {
  test('roles and the end of the token', () => {
    expect(readAccess(token({ roles: ['User.Read.All', 7], exp: 1_800_000_000 }))).toEqual({
      roles: ['User.Read.All'],
      expiresAt: 1_800_000_000_000,
    });
  });
  test.each(['', 'opaque', 'a.b.c', token({ roles: 'all', exp: 'never' })])('%j says nothing', (text) => {
    expect(readAccess(text)).toEqual({ roles: [], expiresAt: undefined });
  });
});

describe('the drop folder', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'bellhop-drop-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('none is used, or it is not there', async () => {
    expect(await examineDrop(undefined, NOW)).toBeUndefined();
    expect(await examineDrop(join(folder, 'nowhere'), NOW)).toMatchObject({ state: 'missing' });
  });

  test('others can enter it', async () => {
    chmodSync(folder, 0o755);
    expect(await examineDrop(folder, NOW)).toMatchObject({ state: 'open' });
  });

  test('files that wait, files that were refused today; yesterday is over', async () => {
    chmodSync(folder, 0o700);
    mkdirSync(join(folder, 'done'));
    const put = (name: string, text: string, at: number): void => {
      writeFileSync(join(folder, name), text);
      utimesSync(join(folder, name), at / 1000, at / 1000);
    };
    put('sales-1@mail-hq.csv', 'x', NOW - 10 * 60_000);
    put('new@mail-hq.csv', 'x', NOW - 1000);
    put('.hidden.csv', 'x', 0);
    put('done/a.csv.report.txt', 'a\n\n\nNot imported: no.\n', NOW - 60_000);
    put('done/b.csv.report.txt', 'b\n\n\nNot imported: no.\n', NOW - 30 * 3_600_000);
    put('done/c.csv.report.txt', 'c\n\n\nBatch x: 1 users added\n', NOW - 60_000);

    expect(await examineDrop(folder, NOW)).toEqual({ state: 'used', waiting: 1, refused: 1 });
  });
});

describe('what the doctor says of it', () => {
  let bot: BotWorld;
  beforeAll(async () => (bot = await startBotWorld()));
  afterAll(() => bot[Symbol.asyncDispose]());

  async function found(what: Finding['what'], more: Partial<World>): Promise<Finding | undefined> {
    return (await examine({ ...bot.opened.world, ...more })).find((each) => each.what === what);
  }
  const access = (roles: readonly string[], certificateUntil?: number): Partial<World> => ({
    target: {
      ...bot.opened.world.target,
      access: async () => ({ roles, expiresAt: NOW, ...(certificateUntil === undefined ? {} : { certificateUntil }) }),
    },
  });

  test.each([
    [['User.Read.All', 'Domain.Read.All'], 'good'],
    [['Directory.Read.All'], 'good'],
    [['Domain.Read.All'], 'look'],
    [[], 'look'],
  ] as const)('rights %j: %s', async (roles, health) => {
    expect(await found('access', access(roles))).toMatchObject({ health, value: '2026-11-28T12:00:00.000Z' });
  });

  test('a certificate that ends within thirty days is worth a look', async () => {
    const now = Date.now();
    expect(await found('certificate', access([], now + 90 * 86_400_000))).toMatchObject({ health: 'good' });
    expect(await found('certificate', access([], now + 10 * 86_400_000))).toMatchObject({ health: 'look' });
    expect(await found('certificate', access([]))).toBeUndefined();
  });

  test.each([
    [{ state: 'used', waiting: 0, refused: 0 }, 'good'],
    [{ state: 'used', waiting: 2, refused: 0 }, 'look'],
    [{ state: 'open', waiting: 0, refused: 0 }, 'bad'],
    [{ state: 'missing', waiting: 0, refused: 0 }, 'bad'],
  ] as const)('drop folder %j: %s', async (state, health) => {
    expect(await found('drop', { drop: async () => state })).toMatchObject({ health });
  });

  test('no folder, no word about it', async () => {
    expect(await found('drop', { drop: async () => undefined })).toBeUndefined();
  });

  test('in the chat: where it is installed, what it may do, and a remedy below everything that is wrong', async () => {
    const text = (await bot.ask('doctor')).cards
      .map((card) => cardText(card))
      .join('\n')
      .replaceAll('\u200b', '');

    for (const word of ['Installed', 'Conversations', 'Last post', 'State store', 'Queue', 'Ledger', 'Exchange Online', 'Rights of the app', 'Closed conversations'])
      expect(text).toContain(word); // prettier-ignore
  });
});
