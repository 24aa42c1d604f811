import { expect, test } from 'vitest';
import type { MigrationEndpoint } from '../../src/engine/domain/endpoint.ts';
import type { SelectedFolder } from '../../src/engine/ports.ts';
import { imapConnector } from '../../src/imap/imap-connector.ts';
import { endpointName } from '../contracts/sample-records.ts';
import { systemClock } from '../store/local-redis.ts';
import { type Scripted, startScriptedImap } from '../support/scripted-imap.ts';
import { unlimitedSlots } from '../support/unlimited-slots.ts';

const SELECTED = ['3 EXISTS', 'FLAGS (\\Seen)', 'OK [UIDVALIDITY 7] ok', 'OK [UIDNEXT 4] ok'];
const meta = (uid: number, size = 5): string =>
  `${uid} FETCH (UID ${uid} FLAGS (\\Seen) INTERNALDATE "17-Oct-2023 21:43:00 +0000" RFC822.SIZE ${size})`;

/** Opens the inbox of a server that answers like this. */
async function withInbox(
  answer: (command: string) => Scripted | undefined,
  use: (folder: SelectedFolder, commands: readonly string[]) => Promise<void>,
): Promise<void> {
  await using server = await startScriptedImap(
    (command) => answer(command) ?? (/^(?:EXAMINE|SELECT)/i.test(command) ? { lines: SELECTED } : undefined),
  );
  const endpoint: MigrationEndpoint = {
    ...{ name: endpointName('old'), host: 'localhost', port: server.port, security: 'none', login: 'login' },
    ...{ initial: 1, incremental: 1 },
  };
  const source = imapConnector({ clock: systemClock, slots: unlimitedSlots, allowHosts: ['localhost'] });
  await using mailbox = await source.connect(
    endpoint,
    { userName: 'u', password: 'not-a-real-password' },
    new AbortController().signal,
  );
  const [inbox] = await mailbox.listFolders();
  if (inbox === undefined) throw new Error('there is an inbox');
  await use(await mailbox.select(inbox), server.commands);
}

test('an answer that leaves out messages the server has is asked for again: nothing is taken for gone', async () => {
  let asked = 0;
  await withInbox(
    (command) => {
      if (/^UID SEARCH/i.test(command)) return { lines: ['SEARCH 2 3'] };
      if (!/^UID FETCH/i.test(command)) return undefined;
      asked += 1;
      return { lines: asked === 1 ? [meta(1)] : [meta(2), meta(3)] };
    },
    async (folder) => {
      const metas = await folder.metadata([1, 2, 3]);

      expect(metas.map(({ uid, size }) => [uid, size])).toEqual([
        [1, 5],
        [2, 5],
        [3, 5],
      ]);
    },
  );
});

test('a message the server has but never describes stays in the answer, so that it is read or listed', async () => {
  await withInbox(
    (command) => {
      if (/^UID SEARCH/i.test(command)) return { lines: ['SEARCH 3'] };
      return /^UID FETCH/i.test(command) ? { lines: [meta(1)] } : undefined;
    },
    async (folder) => {
      const metas = await folder.metadata([1, 2, 3]);

      // UID 2 is gone, as the server says itself; UID 3 is there.
      expect(metas.map(({ uid }) => uid).toSorted((a, b) => a - b)).toEqual([1, 3]);
    },
  );
});

test('only EXAMINE and BODY.PEEK: nothing a server could take for reading', async () => {
  await withInbox(
    (command) => {
      if (/^UID SEARCH/i.test(command)) return { lines: ['SEARCH 1'] };
      if (/^UID FETCH .*BODY\.PEEK/i.test(command)) return { lines: ['1 FETCH (UID 1 BODY[] "hello")'] };
      return /^UID FETCH/i.test(command) ? { lines: [meta(1)] } : undefined;
    },
    async (folder, commands) => {
      const metas = await folder.metadata([1]);
      const [read] = await folder.contents(metas);

      expect(read).toMatchObject({ uid: 1, outcome: 'read' });
      expect(commands.filter((each) => /^SELECT|BODY\[|RFC822(?!\.SIZE)|STORE|EXPUNGE|APPEND/i.test(each))).toEqual([]);
    },
  );
});

test('a folder that was made anew while it was read ends the reading instead of deleting everything', async () => {
  let examined = 0;
  await withInbox(
    (command) => {
      if (/^UID SEARCH/i.test(command)) return { lines: ['SEARCH'] };
      if (!/^EXAMINE/i.test(command)) return undefined;
      examined += 1;
      return {
        lines: examined === 1 ? SELECTED : ['0 EXISTS', 'FLAGS (\\Seen)', 'OK [UIDVALIDITY 8] ok', 'OK [UIDNEXT 1] ok'],
      };
    },
    async (folder) => {
      await expect(folder.uids()).rejects.toMatchObject({ code: 'SourceConnectionLost' });
    },
  );
});

test('a server that answers the body of another message, or none, loses nobody: it is unreadable, with a reason', async () => {
  await withInbox(
    (command) => {
      if (/^UID SEARCH/i.test(command)) return { lines: ['SEARCH 1'] };
      if (/^UID FETCH .*BODY\.PEEK/i.test(command)) return { lines: ['9 FETCH (UID 9 BODY[] "wrong")'] };
      return /^UID FETCH/i.test(command) ? { lines: [meta(1)] } : undefined;
    },
    async (folder) => {
      const [read] = await folder.contents(await folder.metadata([1]));

      expect(read).toMatchObject({ uid: 1, outcome: 'unreadable' });
    },
  );
});

test('a body the server refuses is unreadable in its own words, and costs no other one', async () => {
  await withInbox(
    (command) => {
      if (/^UID SEARCH/i.test(command)) return { lines: ['SEARCH 1 2 3'] };
      const wanted = /^UID FETCH (\S+) .*BODY\.PEEK/i.exec(command)?.[1];
      if (wanted === undefined) return /^UID FETCH/i.test(command) ? { lines: [meta(1), meta(2), meta(3)] } : undefined;
      if (['1:3', '1:2', '2'].includes(wanted)) return { end: 'BAD', text: 'cannot parse it' };
      return { lines: [`${wanted} FETCH (UID ${wanted} BODY[] "hello")`] };
    },
    async (folder) => {
      const read = await folder.contents(await folder.metadata([1, 2, 3]));

      expect(read.map(({ outcome }) => outcome)).toEqual(['read', 'unreadable', 'read']);
      expect(read[1]).toMatchObject({ detail: 'the server refuses it: cannot parse it' });
    },
  );
});

test('sizes that are wrong for every message cost one more reading of the window, not of each', async () => {
  await withInbox(
    (command) => {
      if (/^UID SEARCH/i.test(command)) return { lines: ['SEARCH 1 2 3'] };
      const bodies = [1, 2, 3].map((uid) => `${uid} FETCH (UID ${uid} BODY[] "hello")`);
      if (/^UID FETCH .*BODY\.PEEK/i.test(command)) return { lines: bodies };
      return /^UID FETCH/i.test(command) ? { lines: [meta(1, 7), meta(2, 4), meta(3, 0)] } : undefined;
    },
    async (folder, commands) => {
      const read = await folder.contents(await folder.metadata([1, 2, 3]));

      expect(read.map(({ outcome }) => outcome)).toEqual(['read', 'read', 'read']);
      expect(commands.filter((each) => each.includes('BODY.PEEK'))).toHaveLength(2);
    },
  );
});

test('a date the server has not got is none, instead of the first of 1970', async () => {
  await withInbox(
    (command) =>
      /^UID FETCH/i.test(command) ? { lines: ['1 FETCH (UID 1 FLAGS () INTERNALDATE NIL RFC822.SIZE 5)'] } : undefined,
    async (folder) => {
      expect((await folder.metadata([1]))[0]?.internalDate).toBeUndefined();
    },
  );
});

test('a folder whose line in the list cannot be read is listed all the same, with a name or as it stands', async () => {
  const folders = [
    '(\\HasNoChildren \\X-$%) "/" "Projects/2024"',
    '(\\Noselect \\X-$%) "." Archive',
    '(\\X-$%) "/" "raw \xfc"',
    '(\\X-$%) "/" "A &- B/Entw&APw-rfe"',
    '((((',
  ];
  await using server = await startScriptedImap((command) => {
    if (command === 'LIST "" ""') return { lines: ['LIST (\\Noselect) "/" ""'] };
    return /^LIST/i.test(command)
      ? { lines: ['LIST () "/" INBOX', ...folders.map((each) => `LIST ${each}`)] }
      : undefined;
  });
  const source = imapConnector({ clock: systemClock, slots: unlimitedSlots, allowHosts: ['localhost'] });
  const endpoint: MigrationEndpoint = {
    ...{ name: endpointName('old'), host: 'localhost', port: server.port, security: 'none', login: 'login' },
    ...{ initial: 1, incremental: 1 },
  };
  const login = { userName: 'u', password: 'not-a-real-password' };
  await using mailbox = await source.connect(endpoint, login, new AbortController().signal);

  const listed = await mailbox.listFolders();

  expect(listed.map(({ segments, selectable }) => [segments, selectable])).toEqual([
    [['INBOX'], true],
    [['Projects', '2024'], true],
    [['Archive'], false],
    [[expect.stringContaining('"raw ')], true],
    [['A & B', 'Entwürfe'], true],
    [['(((('], true],
  ]);
});

test('new flags that are told unasked, before the answer, are not taken for the answer', async () => {
  await withInbox(
    (command) =>
      /^UID FETCH/i.test(command)
        ? { lines: ['1 FETCH (UID 1 FLAGS (\\Deleted))', meta(1), '2 FETCH (UID 2 FLAGS (\\Seen))'] }
        : undefined,
    async (folder) => {
      const metas = await folder.metadata([1, 2]);

      expect(metas[0]).toMatchObject({ size: 5, flags: { read: true }, internalDate: Date.UTC(2023, 9, 17, 21, 43) });
      // Of a server that says no sizes, what it says is kept.
      expect(metas[1]).toMatchObject({ uid: 2, size: 0, flags: { read: true } });
    },
  );
});

test('one that answers short again and again is asked for the rest, until it says it', async () => {
  let asked = 0;
  await withInbox(
    (command) => {
      if (/^UID SEARCH/i.test(command)) return { lines: ['SEARCH 2'] };
      if (!/^UID FETCH/i.test(command)) return undefined;
      asked += 1;
      return { lines: asked < 4 ? [meta(1)] : [meta(2)] };
    },
    async (folder) => {
      expect((await folder.metadata([1, 2]))[1]).toMatchObject({ uid: 2, size: 5, flags: { read: true } });
    },
  );
});
