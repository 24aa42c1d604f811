import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalTeams, startLocalTeams } from '../../sandbox/teams/local-teams.ts';
import { SAMPLE_PEOPLE, SAMPLE_TENANT } from '../../sandbox/teams/people.ts';
import { isFileStore, sendFile } from '../../src/bot/send-file.ts';
import { TestClock } from '../support/memory-documents.ts';

describe('a file on its way to an upload session', () => {
  let teams: LocalTeams;
  let folder: string;
  const clock = new TestClock('2026-11-23T08:00:00Z');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bellhop-file-'));
    teams = await startLocalTeams({ bot: { id: '28:b', name: 'Bellhop' }, people: SAMPLE_PEOPLE, tenantId: SAMPLE_TENANT });
  }); // prettier-ignore
  afterAll(async () => {
    await teams.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function sent(name: string, size: number): Promise<Buffer | undefined> {
    const path = join(folder, name);
    const content = Buffer.alloc(size, name);
    await writeFile(path, content);
    const { uploadUrl } = teams.oneDrive.open(name);
    await sendFile(path, size, String(uploadUrl), clock);
    const there = teams.oneDrive.files.find((file) => file.name === name)?.content;
    expect(there?.equals(content)).toBe(true);
    return there;
  }

  test('in one piece', async () => {
    await sent('small.zip', 1234);
  });

  test('in several, with a busy service in between', async () => {
    teams.oneDrive.busy = 2;
    await sent('large.zip', 13_000_001);
  });

  test('a piece whose answer was lost is not sent twice', async () => {
    teams.oneDrive.forgetful = 1;
    await sent('lost.zip', 13_000_001);
  });

  test.each([
    ['a session that is gone', () => `${teams.url}/onedrive/nothing`, 'HTTP 404'],
    ['nobody there', () => 'http://127.0.0.1:9/', 'no connection'],
  ])('%s', async (_what, url, detail) => {
    const path = join(folder, 'refused.zip');
    await writeFile(path, 'x');

    await expect(sendFile(path, 1, url(), clock)).rejects.toMatchObject({ code: 'FileNotTaken', details: { detail } });
  });

  test('a file that became shorter', async () => {
    const path = join(folder, 'shorter.zip');
    await writeFile(path, 'x');

    await expect(
      sendFile(path, 2, String(teams.oneDrive.open('shorter.zip')['uploadUrl']), clock),
    ).rejects.toMatchObject({
      code: 'FileNotTaken',
    });
  });
});

test.each([
  ['https://contoso-my.sharepoint.com/personal/a/_api/v2.0/upload?x=1', false, true],
  ['https://contoso-my.sharepoint.us/upload', false, true],
  ['http://contoso-my.sharepoint.com/upload', false, false],
  ['https://sharepoint.com.evil.example/upload', false, false],
  ['https://evilsharepoint.com/upload', false, false],
  ['https://contoso.sharepoint.com:8443/upload', false, false],
  ['https://contoso.sharepoint.com@evil.example/upload', false, false],
  ['https://user@contoso.sharepoint.com/upload', false, false],
  ['http://169.254.169.254/latest', false, false],
  ['http://127.0.0.1:9999/onedrive/1', false, false],
  ['http://127.0.0.1:9999/onedrive/1', true, true],
  ['https://contoso-my.sharepoint.com/upload', true, false],
  ['file:///etc/passwd', true, false],
  ['', false, false],
  [undefined, false, false],
  [{ href: 'https://contoso.sharepoint.com' }, false, false],
])('a place for files: %s (sandbox %s): %s', (address, sandbox, expected) => {
  expect(isFileStore(address, sandbox)).toBe(expected);
});
