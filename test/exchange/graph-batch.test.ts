import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseUserAddress } from '../../src/engine/domain/ids.ts';
import { parseFlags } from '../../src/engine/domain/mailbox.ts';
import type { MessageToImport, TargetMailbox } from '../../src/engine/ports.ts';
import { batchSize } from '../../src/exchange/batch-size.ts';
import { exchangeMailbox } from '../../src/exchange/exchange-mailbox.ts';
import { type Fixture, startFixture } from '../sandbox/exchange/exchange-fixture.ts';
import { type AskedOfGraph, json, scriptedGraph } from '../support/scripted-graph.ts';
import { targetDirectoryOf } from '../support/target-directory.ts';

const never = new AbortController().signal;

function message(name: string, size = 100): MessageToImport {
  const raw = Buffer.from(`Subject: ${name}\r\nMessage-ID: <${name}@a.example>\r\n\r\n${'x'.repeat(size)}\r\n`);
  return { raw, marker: `u|INBOX|1|${name}|run`, flags: parseFlags(new Set()), categories: [] };
}

function some(count: number, from = 0): readonly MessageToImport[] {
  return Array.from({ length: count }, (_, index) => message(`m${from + index}`));
}

/** All of them, in as many requests as it takes; what was not stored is in the outcomes. */
async function importAll(mailbox: TargetMailbox, folder: string, messages: readonly MessageToImport[]) {
  const results: PromiseSettledResult<{ readonly outcome: string }>[] = [];
  while (results.length < messages.length)
    results.push(...(await mailbox.importSome(folder, messages.slice(results.length), never)));
  return results.map((each) => (each.status === 'fulfilled' ? each.value.outcome : String(each.reason.code)));
}

describe('how many go together', () => {
  /** Batches of a server that takes so long for each (ms). */
  const after = (batches: number, ms: number): number => {
    const size = batchSize();
    for (let at = 0; at < batches; at += 1) size.took(size.now(), size.now() * ms);
    return size.now();
  };

  test.each([
    ['next door', 2, 10],
    ['a tenth of a second', 100, 8],
    ['a quarter of a second', 250, 4],
    ['a second', 1_000, 2],
  ])('as many as take about a second: %s', (_, ms, expected) => {
    expect(after(20, ms)).toBe(expected);
  });

  test('few that were quick say nothing about many', () => {
    const size = batchSize();
    size.took(2, 10);
    expect(size.now()).toBe(4);
  });
});

describe('with the local Exchange', () => {
  let fixture: Fixture;
  let mailbox: TargetMailbox;
  let id: string;
  let inbox: string;

  beforeEach(async () => {
    fixture = await startFixture();
    const address = parseUserAddress('many@contoso.example');
    if (address === undefined) throw new Error('an address is one');
    ({ id } = await fixture.exchange.addMailbox({ address }));
    mailbox = await targetDirectoryOf(fixture.exchange).open({ id, address });
    inbox = (await mailbox.listFolders()).find(({ wellKnown }) => wellKnown === 'inbox')?.id ?? '';
    fixture.exchange.manners.reset();
  });
  afterEach(async () => {
    await mailbox[Symbol.asyncDispose]();
    await fixture[Symbol.asyncDispose]();
  });

  const markers = async (): Promise<readonly string[]> =>
    (await Array.fromAsync(mailbox.listMarked(inbox))).map(({ marker }) => marker.split('|')[3] ?? '').sort();
  const names = (count: number): readonly string[] =>
    some(count)
      .map((_, index) => `m${index}`)
      .sort();

  test('small messages share requests, and every one arrives once', async () => {
    expect(await importAll(mailbox, inbox, some(40))).toEqual(Array(40).fill('imported'));
    expect(await markers()).toEqual(names(40));
  });

  test.each([
    ['429', 'imported'],
    ['folder-gone', 'imported'],
    ['504-after-store', 'unknown'],
    ['504-late-store', 'unknown'],
    ['200-without-store', 'unknown'],
    ['201-without-id', 'unknown'],
  ] as const)('one of them meets %s: it is %s, and all others arrive once', async (action, outcome) => {
    fixture.exchange.faults.add({ action, nth: 2, times: 1, method: 'POST', retryAfter: 0.2 });
    const outcomes = await importAll(mailbox, inbox, some(8));
    expect(outcomes.filter((each) => each === 'imported').length).toBeGreaterThanOrEqual(7);
    expect(outcomes).toContain(outcome);
    const arrived = await markers();
    expect(new Set(arrived).size).toBe(arrived.length);
    for (const [index, each] of outcomes.entries()) if (each === 'imported') expect(arrived).toContain(`m${index}`);
    expect(fixture.exchange.manners.of(id).insideRetryAfter).toBe(0);
  });

  test('one that is refused for its form is offered in another, and keeps no other from arriving', async () => {
    fixture.exchange.faults.add({ action: 'mime-invalid', nth: 2, times: 1, method: 'POST' });
    expect(await importAll(mailbox, inbox, some(4))).toEqual(Array(4).fill('imported'));
    expect(await markers()).toEqual(names(4));
  });

  test('a full mailbox is no outcome of a message: what came before is told, what did not is surely not there', async () => {
    fixture.exchange.faults.add({ action: 'mailbox-full', nth: 3, times: 'always', method: 'POST' });
    expect(await importAll(mailbox, inbox, some(4))).toEqual(['imported', 'imported', 'MailboxFull', 'MailboxFull']);
    expect(await markers()).toEqual(names(2));
  });

  test('large ones go alone, and what cannot be sent at all keeps nobody', async () => {
    const messages = [message('m0', 100_000), ...some(2, 1), message('m3', 40_000_000), ...some(2, 4)];
    expect(await mailbox.importSome(inbox, messages, never)).toHaveLength(1);
    const outcomes = await importAll(mailbox, inbox, messages);
    expect(outcomes.filter((each) => each === 'refused')).toHaveLength(1);
  });
});

describe('with other servers', () => {
  const requestsOf = ({ body }: AskedOfGraph): readonly { readonly id: string }[] =>
    JSON.parse(body.toString()).requests;
  const isBatch = ({ url }: AskedOfGraph): boolean => url.endsWith('/$batch');

  function mailboxOf(graph: Awaited<ReturnType<typeof scriptedGraph>>): TargetMailbox {
    const clock = { now: () => Date.now(), sleep: async () => undefined };
    return exchangeMailbox({
      ...{ graph: graph.client, id: 'box', maxItemSize: 40_000_000, session: undefined, clock, timeScale: 1 },
    });
  }

  test.each([404, 405, 400, 403, 501])(
    'a server that answers batches with %i gets every message by itself, once',
    async (status) => {
      await using graph = await scriptedGraph((asked, response) =>
        isBatch(asked) ? json(response, status, { error: { code: 'x' } }) : json(response, 201, { id: asked.url }),
      );
      expect(await importAll(mailboxOf(graph), 'f', some(12))).toEqual(Array(12).fill('imported'));
      expect(graph.asked.filter(isBatch)).toHaveLength(1);
      expect(graph.asked).toHaveLength(13);
    },
  );

  test.each([
    ['breaks', 500, '<html>'],
    ['answers with half of a list', 200, '{"responses":[{"id":"1","sta'],
    ['answers with something else', 200, '{}'],
  ])('a server that %s may have carried it out: nothing is sent again unasked', async (_, status, text) => {
    await using graph = await scriptedGraph((asked, response) =>
      isBatch(asked) ? response.writeHead(status).end(text) : json(response, 201, { id: asked.url }),
    );
    const outcomes = await importAll(mailboxOf(graph), 'f', some(6));
    expect(outcomes).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'imported', 'imported']);
  });

  test('answers come in any order, as text, with numbers for ids; one that is missing got lost', async () => {
    await using graph = await scriptedGraph((asked, response) => {
      const responses = requestsOf(asked)
        .map(({ id }) => ({ id: Number(id), status: 201, body: { id: `item ${id}` } }))
        .filter(({ id }) => id !== 2)
        .toReversed();
      json(response, 200, { responses });
    });
    const results = await mailboxOf(graph).importSome('f', some(4), never);
    expect(results.map((each) => each.status === 'fulfilled' && each.value)).toMatchObject([
      { outcome: 'imported', id: 'item 1' },
      { outcome: 'unknown' },
      { outcome: 'imported', id: 'item 3' },
      { outcome: 'imported', id: 'item 4' },
    ]);
  });

  /** A batch gets these answers, in the order of the requests; what is sent by itself arrives. */
  const answering = (
    inside: readonly { readonly status: number; readonly [name: string]: unknown }[],
  ): Parameters<typeof scriptedGraph>[0] =>
    function answer(asked, response) {
      if (!isBatch(asked)) return json(response, 201, { id: asked.url });
      const responses = requestsOf(asked).map(({ id }, at) => ({ body: { id: `item ${id}` }, ...inside[at], id }));
      return json(response, 200, { responses });
    };

  test.each([
    [400, 'BadRequest'],
    [413, 'RequestEntityTooLarge'],
  ])(
    'what is refused inside with %i is offered again as it was: it may be the batch that is refused',
    async (status, code) => {
      const body = { error: { code, message: 'the batch' } };
      await using graph = await scriptedGraph(
        answering([{ status, body }, ...[2, 3, 4].map(() => ({ status: 424, body: {} }))]),
      );
      const results = await mailboxOf(graph).importSome('f', some(4), never);
      expect(results).toMatchObject(some(4).map(() => ({ value: { outcome: 'imported', notes: [] } })));
      expect(graph.asked).toHaveLength(5);
    },
  );

  test('a busy server inside names its time: the mailbox rests before anything else is sent', async () => {
    const busy = { status: 503, headers: { 'retry-after': '7' }, body: {} };
    await using graph = await scriptedGraph(answering([busy, { status: 424 }, { status: 424 }, { status: 424 }]));
    await mailboxOf(graph).importSome('f', some(4), never);
    expect(graph.rests).toEqual([7_000]);
  });

  test('of several refusals the longest rest counts', async () => {
    const refused = (seconds: string) => ({ status: 429, headers: { 'Retry-After': seconds }, body: {} });
    await using graph = await scriptedGraph(answering([{ status: 201 }, refused('1'), refused('2'), refused('1')]));
    await mailboxOf(graph).importSome('f', some(4), never);
    expect(graph.waits).toEqual([2_000]);
  });

  test.each([
    [429, 201, 429, 201],
    [201, 201, 429, 429],
    [424, 201, 201, 201],
  ])('a server that goes on after a failure (%i, %i, %i, %i) gets no more batches', async (...statuses) => {
    const headers = { 'Retry-After': '1' };
    await using graph = await scriptedGraph(
      answering(statuses.map((status) => (status === 201 ? { status } : { status, headers, body: {} }))),
    );
    expect(await importAll(mailboxOf(graph), 'f', some(20))).toEqual(Array(20).fill('imported'));
    expect(graph.asked.filter(isBatch)).toHaveLength(1);
  });

  test.each([
    ['the batch', 409, undefined],
    ['the same one twice', 200, [201, 400]],
  ])('who contradicts about %s has said nothing: it is asked', async (_, status, twice) => {
    await using graph = await scriptedGraph((asked, response) => {
      if (!isBatch(asked)) return json(response, 201, { id: asked.url });
      const responses = requestsOf(asked).flatMap(({ id }) =>
        (twice ?? []).map((each) => ({ id, status: each, body: {} })),
      );
      return json(response, status, { responses });
    });
    const results = await mailboxOf(graph).importSome('f', some(4), never);
    expect(results).toMatchObject(some(4).map(() => ({ value: { outcome: 'unknown' } })));
    expect(graph.asked).toHaveLength(1);
  });

  test.each([
    ['text', (body: string) => body],
    ['base64', (body: string) => Buffer.from(body).toString('base64')],
  ])('bodies inside may be %s', async (_, written) => {
    const inside = some(4).map((_each, at) => ({ status: 201, body: written(JSON.stringify({ id: `item ${at}` })) }));
    await using graph = await scriptedGraph(answering(inside));
    const results = await mailboxOf(graph).importSome('f', some(4), never);
    expect(results).toMatchObject(some(4).map((_each, at) => ({ value: { outcome: 'imported', id: `item ${at}` } })));
  });

  test('one that knows none of the addresses in a batch is not asked so for long', async () => {
    await using graph = await scriptedGraph((asked, response) => {
      if (!isBatch(asked)) return json(response, 201, { id: asked.url });
      const responses = requestsOf(asked).map(({ id }, at) => ({ id, status: at === 0 ? 404 : 424, body: {} }));
      return json(response, 200, { responses });
    });
    expect(await importAll(mailboxOf(graph), 'f', some(40))).toEqual(Array(40).fill('imported'));
    expect(graph.asked.filter(isBatch)).toHaveLength(3);
  });

  test('every request inside asks for immutable ids, comes after the one before it, and holds the message', async () => {
    await using graph = await scriptedGraph((_, response) => json(response, 500, {}));
    await mailboxOf(graph).importSome('f', some(3), never);
    expect(requestsOf(graph.asked[0] ?? ({ body: Buffer.from('{}') } as AskedOfGraph))).toMatchObject(
      [0, 1, 2].map((at) => ({
        id: String(at + 1),
        method: 'POST',
        url: '/users/box/mailFolders/f/messages',
        headers: { 'Content-Type': 'application/json', Prefer: 'IdType="ImmutableId"' },
        body: { subject: `m${at}` },
        ...(at === 0 ? {} : { dependsOn: [String(at)] }),
      })),
    );
  });
});
