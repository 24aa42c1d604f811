import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, MARKER, OWNER, migrated, startFixture } from './exchange-fixture.ts';

/** What facts of the service the local Exchange reproduces; ids are those of the tables in the design notes of its limits and faults. */
let fixture: Fixture;

beforeEach(async () => {
  fixture = await startFixture({ timeScale: 100 });
});
afterEach(() => fixture[Symbol.asyncDispose]());

const inbox = (): string => fixture.mail('/mailFolders/inbox/messages');

async function create(subject: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const answer = await fixture.call('POST', inbox(), migrated(subject, more));
  expect(answer.status).toBe(201);
  return String(answer.json.id);
}

describe('content', () => {
  test('M-c: dates and flags are honoured at creation, through MAPI properties only', async () => {
    const id = await create('properties');
    const { json } = await fixture.call('GET', fixture.mail(`/messages/${id}`));

    expect(json).toMatchObject({ isDraft: false, isRead: true, receivedDateTime: '2019-05-15T12:00:00Z', sentDateTime: '2019-05-15T11:59:58Z' }); // prettier-ignore
  });

  test('M-c: without them a created message is a draft dated now, whatever the body says', async () => {
    const body = { subject: 'plain', receivedDateTime: '2019-05-15T12:00:00Z', isDraft: false };
    const { json } = await fixture.call('POST', inbox(), body);

    expect(json.isDraft).toBe(true);
    expect(json.receivedDateTime).not.toContain('2019');
  });

  test('M-b: MIME makes a draft received now; bare line feeds and bad base64 are refused', async () => {
    const mime = 'Subject: mime\r\nDate: Wed, 15 May 2019 12:00:00 +0000\r\n\r\ntext\r\n';
    const post = (text: string) =>
      fixture.call('POST', fixture.mail('/messages'), text, { 'Content-Type': 'text/plain' });

    const draft = await post(Buffer.from(mime).toString('base64'));
    const bareLf = await post(Buffer.from(mime.replaceAll('\r\n', '\n')).toString('base64'));
    const noBase64 = await post('%%%');

    expect(draft.json).toMatchObject({ isDraft: true, subject: 'mime' });
    expect(draft.json.receivedDateTime).not.toContain('2019');
    expect([bareLf.status, bareLf.json.error.code]).toEqual([400, 'UnableToDeserializePostBody']);
    expect([noBase64.status, noBase64.json.error.code]).toEqual([400, 'ErrorMimeContentInvalidBase64String']);
  });

  test('M-a: a request above 4 MB is refused', async () => {
    const answer = await fixture.call(
      'POST',
      inbox(),
      migrated('large', { body: { contentType: 'text', content: 'x'.repeat(4.2e6) } }),
    );

    expect(answer.status).toBe(413);
  });

  test.each([
    ['an empty list', []],
    ['a name without x-', [{ name: 'Received', value: 'from a' }]],
    ['six of them', Array.from({ length: 6 }, (_, n) => ({ name: `x-n${n}`, value: 'v' }))],
    ['a value of more than 995 characters', [{ name: 'x-long', value: 'v'.repeat(996) }]],
  ])('M-d: internetMessageHeaders refuse %s', async (_what, internetMessageHeaders) => {
    const answer = await fixture.call('POST', inbox(), migrated('headers', { internetMessageHeaders }));

    expect(answer.status).toBe(400);
  });

  test('M-e: a full table of named properties looks like a full mailbox', async () => {
    fixture.exchange.faults.set({ namedPropertyQuota: 0 });

    const { json } = await fixture.call('POST', inbox(), migrated('one too many'));

    expect(json.error).toMatchObject({ code: 'ErrorQuotaExceeded', message: 'Cannot get ID from name.' });
  });

  test('M-g: from 2027 on what was sent is read-only, apart from what readers change', async () => {
    const id = await create('frozen');
    fixture.exchange.faults.set({ from2027: true });

    const subject = await fixture.call('PATCH', fixture.mail(`/messages/${id}`), { subject: 'other' });
    const read = await fixture.call('PATCH', fixture.mail(`/messages/${id}`), { isRead: false });

    expect([subject.status, read.status]).toEqual([403, 200]);
  });
});

describe('ids, folders, lists', () => {
  test('L-a: an id changes when its item moves, unless ImmutableId is preferred', async () => {
    const prefer = { Prefer: 'IdType="ImmutableId"' };
    const plain = await create('mutable');
    const immutable = String((await fixture.call('POST', inbox(), migrated('immutable'), prefer)).json.id);

    const moved = await fixture.call('POST', fixture.mail(`/messages/${plain}/move`), { destinationId: 'archive' });
    const kept = await fixture.call(
      'POST',
      fixture.mail(`/messages/${immutable}/move`),
      { destinationId: 'archive' },
      prefer,
    );

    expect(moved.json.id).not.toBe(plain);
    expect(kept.json.id).toBe(immutable);
  });

  test('L-b: a folder that exists is a conflict, whatever its case; "/" is part of a name', async () => {
    const folders = fixture.mail('/mailFolders');
    const first = await fixture.call('POST', folders, { displayName: 'Offers/2024' });

    const again = await fixture.call('POST', folders, { displayName: 'OFFERS/2024' });

    expect(first.json.displayName).toBe('Offers/2024');
    expect([again.status, again.json.error.code]).toEqual([409, 'ErrorFolderExists']);
  });

  test('L-b: folders come ten a page unless more are asked for', async () => {
    for (let n = 0; n < 12; n += 1) await fixture.call('POST', fixture.mail('/mailFolders'), { displayName: `F${n}` });

    const { json } = await fixture.call('GET', fixture.mail('/mailFolders'));

    expect(json.value).toHaveLength(10);
    expect(json['@odata.nextLink']).toMatch(/^https:/);
  });

  test('L-f: the marker is found by filter; its value without regard to case', async () => {
    await create('marked');
    const filter = (value: string): string =>
      encodeURIComponent(`singleValueExtendedProperties/Any(ep: ep/id eq '${MARKER}' and ep/value eq '${value}')`);

    const exact = await fixture.call('GET', `${inbox()}?$filter=${filter('owner|INBOX|1|marked|r1')}`);
    const other = await fixture.call('GET', `${inbox()}?$filter=${filter('OWNER|inbox|1|MARKED|r1')}`);
    const none = await fixture.call('GET', `${inbox()}?$filter=${filter('owner|INBOX|1|other|r1')}`);

    expect([exact.json.value.length, other.json.value.length, none.json.value.length]).toEqual([1, 1, 0]);
  });

  test('L-d: a list that never ends can be switched on', async () => {
    for (const subject of ['a', 'b', 'c']) await create(subject);
    fixture.exchange.faults.add({ action: 'next-link-loop', times: 'always' });

    const first = await fixture.call('GET', `${inbox()}?$top=1`);
    const second = await fixture.call('GET', String(first.json['@odata.nextLink']));

    expect(second.json['@odata.nextLink']).toBe(first.json['@odata.nextLink']);
  });

  test('L-e: a new item is found by filter only after a while', async () => {
    fixture.exchange.faults.set({ filterDelay: 60_000 });
    await create('fresh');

    const { json } = await fixture.call(
      'GET',
      `${inbox()}?$filter=${encodeURIComponent("internetMessageId eq '<fresh@example.com>'")}`,
    );

    expect(json.value).toEqual([]);
  });
});

describe('limits', () => {
  test('T-a: the fifth request at once is told to wait, with a Retry-After', async () => {
    fixture.exchange.faults.set({ latency: 150 });

    const answers = await Promise.all(Array.from({ length: 8 }, () => fixture.call('GET', `${inbox()}?$top=1`)));

    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.json.error.code).toBe('ApplicationThrottled');
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('T-e: a batch is 200 although one of its requests is throttled', async () => {
    fixture.exchange.faults.add({ action: '429', pathMatches: 'drafts' });
    const requests = ['inbox', 'drafts'].map((name, n) => ({
      id: String(n),
      method: 'GET',
      url: fixture.mail(`/mailFolders/${name}`),
    }));

    const { status, json } = await fixture.call('POST', '/$batch', { requests });

    const statuses = json.responses.map((each: { readonly status: number }) => each.status);
    expect(status).toBe(200);
    expect(statuses.toSorted()).toEqual([200, 429]);
  });
});

describe('outcomes nobody knows', () => {
  const subjects = async (): Promise<readonly string[]> =>
    (await fixture.call('GET', `${inbox()}?$select=subject`)).json.value.map(
      (each: { readonly subject: string }) => each.subject,
    );

  test('W-a: stored, and the caller hears 504', async () => {
    fixture.exchange.faults.add({ action: '504-after-store' });

    expect((await fixture.call('POST', inbox(), migrated('stored'))).status).toBe(504);
    expect(await subjects()).toEqual(['stored']);
  });

  test('W-b: 504 first, stored later', async () => {
    fixture.exchange.faults.add({ action: '504-late-store' });

    expect((await fixture.call('POST', inbox(), migrated('late'))).status).toBe(504);
    expect(await subjects()).toEqual([]);
    await expect.poll(subjects, { timeout: 5000 }).toEqual(['late']);
  });

  test('W-c: 200 and nothing stored', async () => {
    fixture.exchange.faults.add({ action: '200-without-store' });

    expect((await fixture.call('POST', inbox(), migrated('never'))).status).toBe(200);
    expect(await subjects()).toEqual([]);
  });
});

describe('identity and mailbox state', () => {
  test('A-a: a token may expire in the middle', async () => {
    fixture.exchange.expireTokens();

    const { status, json } = await fixture.call('GET', inbox());

    expect([status, json.error.code]).toEqual([401, 'InvalidAuthenticationToken']);
  });

  test('A-b: a mailbox outside the scope is forbidden', async () => {
    fixture.exchange.faults.set({ outOfScope: [OWNER] });

    expect((await fixture.call('GET', inbox())).status).toBe(403);
  });

  test('A-d: the two codes of a missing mailbox alternate', async () => {
    fixture.exchange.faults.add({ action: 'mailbox-gone-alternating', times: 'always' });

    const first = await fixture.call('GET', inbox());
    const second = await fixture.call('GET', inbox());

    expect(new Set([first.json.error.code, second.json.error.code])).toEqual(new Set(['MailboxNotEnabledForRESTAPI', 'ResourceNotFound'])); // prettier-ignore
  });

  test('A-f: the token endpoint refuses with the codes of Entra', async () => {
    const { exchange } = fixture;
    const answer = await fetch(`${exchange.authorityHost}/${exchange.tenantId}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: exchange.clientId,
        client_secret: 'wrong',
        scope: 'https://graph.microsoft.com/.default',
      }),
    });

    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain('AADSTS7000215');
  });
});

test('what was stored is there after a restart on the same directory', async () => {
  const id = await create('durable');
  await fixture.exchange.close();

  await using again = await startFixture({ directory: fixture.directory });
  const { json } = await again.call('GET', `/users/${OWNER}/messages/${id}`);

  expect(json.subject).toBe('durable');
});
