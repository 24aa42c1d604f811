import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkBatchBooks, checkBooks } from './check-books.ts';
import type { Books } from './check-books.ts';
import { checkManners, checkNoWrites } from './check-manners.ts';
import { checkForeignItems } from './foreign-items.ts';
import { checkSourceUntouched, hashMaildir } from './hash-maildir.ts';
import { checkResources, processResources } from './process-resources.ts';
import type { TargetItem } from './target-item.ts';

const BLANK: TargetItem = {
  id: '1',
  anchor: 'inbox',
  names: [],
  marker: undefined,
  messageId: undefined,
  subject: '',
  from: undefined,
  sentAt: 0,
  receivedAt: 0,
  isRead: true,
  isDraft: false,
  isFlagged: false,
  isAnswered: false,
  owner: undefined,
  text: '',
  attachments: [],
  rawHash: undefined,
  version: 'a',
};
const BOOKS: Books = { source: 10, copied: 7, adopted: 1, excluded: 1, skipped: 1, failed: 0, pending: 0 };

describe('I3, the books', () => {
  test('are right when they balance and agree with the count', () => {
    expect(checkBooks({ identity: 'a', items: BOOKS }, { source: 10, inTarget: 8, lost: 0 })).toEqual([]);
  });

  test.each([
    ['do not balance', { ...BOOKS, failed: 1 }, { source: 10, inTarget: 8, lost: 0 }],
    ['count another source', BOOKS, { source: 11, inTarget: 8, lost: 0 }],
    ['count another target', BOOKS, { source: 10, inTarget: 7, lost: 1 }],
  ])('are wrong when they %s', (_, items, counted) => {
    expect(checkBooks({ identity: 'a', items }, counted).map(({ code }) => code)).toEqual(['books-wrong']);
  });

  test('of a batch are the sum of its users', () => {
    const users = [
      { identity: 'a', items: BOOKS },
      { identity: 'b', items: BOOKS },
    ];
    const twice = { source: 20, copied: 14, adopted: 2, excluded: 2, skipped: 2, failed: 0, pending: 0 };

    expect(checkBatchBooks({ identity: 'batch', items: twice }, users)).toEqual([]);
    expect(checkBatchBooks({ identity: 'batch', items: BOOKS }, users)).not.toEqual([]);
  });
});

test('I5: a message with another flag, other bytes, or gone, is a change of the source', async () => {
  const root = await mkdtemp(join(tmpdir(), 'bh-maildir-'));
  for (const part of ['cur', 'new']) await mkdir(join(root, '.Sub', part), { recursive: true });
  const file = (name: string): string => join(root, '.Sub', name);
  for (const name of ['new/1', 'cur/2:2,S', 'cur/3:2,S', 'cur/4:2,']) await writeFile(file(name), name);
  const before = await hashMaildir(root);

  await rename(file('new/1'), file('cur/1:2,'));
  await writeFile(file('dovecot.index'), 'x');
  expect(checkSourceUntouched('a', before, await hashMaildir(root))).toEqual([]);

  await rename(file('cur/2:2,S'), file('cur/2:2,FS'));
  await writeFile(file('cur/3:2,S'), 'other');
  await rm(file('cur/4:2,'));
  const changes = checkSourceUntouched('a', before, await hashMaildir(root)).map(({ where }) => where);
  expect(changes.sort()).toEqual(['.Sub/2:2,FS', '.Sub/2:2,S', '.Sub/3:2,S', '.Sub/4:2,']);
  await rm(root, { recursive: true });
});

test("I6: other people's items that changed or went are named, Bellhop's own are not looked at", () => {
  const before = new Map([
    ['1', 'a'],
    ['2', 'a'],
    ['3', 'a'],
  ]);

  const found = checkForeignItems('m', before, [item('1', 'a'), item('2', 'b'), item('4', 'x', 'a|b|1|1|r')]);

  expect(found.map(({ where, detail }) => `${where} ${detail}`)).toEqual(['item 2 was changed', 'item 3 is gone']);
});

describe('I7 and I12, manners', () => {
  const manners = { maxConcurrency: 4, insideRetryAfter: 0, requestsByMethod: { GET: 10, POST: 5 } };

  test('four requests at once and patience are good manners', () => {
    expect(checkManners('m', manners)).toEqual([]);
    expect(checkManners('m', { ...manners, maxConcurrency: 5, insideRetryAfter: 1 })).toHaveLength(2);
  });

  test('a run without news may read, but not write', () => {
    expect(checkNoWrites('m', manners, { ...manners, requestsByMethod: { GET: 90, POST: 5 } })).toEqual([]);
    expect(checkNoWrites('m', manners, { ...manners, requestsByMethod: { GET: 90, POST: 6, DELETE: 1 } })).toHaveLength(
      2,
    );
  });
});

test('I15: what a process holds can be read and compared', async () => {
  const now = await processResources(process.pid);

  expect(now.residentBytes).toBeGreaterThan(10_000_000);
  expect(now.openFiles).toBeGreaterThan(3);
  expect(checkResources(now, { ...now, openFiles: now.openFiles + 100 }).map(({ where }) => where)).toEqual([
    'openFiles',
  ]);
});

function item(id: string, version: string, marker?: string): TargetItem {
  return { ...BLANK, id, version, marker };
}
