import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/teams/conversation.ts';
import { SAMPLE_PEOPLE } from '../../sandbox/teams/people.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';

const holding = (role: string): string =>
  SAMPLE_PEOPLE.filter((person) => person.role === role)
    .map((person) => person.aadObjectId)
    .join(',');

/** `export` alone with Bellhop: the file is offered, taken into the OneDrive, once, by whom it was made for. */
describe('a file to take along', () => {
  let world: BotWorld;
  let card: Message;
  let offered: Message;

  beforeAll(async () => {
    world = await startBotWorld({
      BELLHOP_VIEWERS: holding('viewer'),
      BELLHOP_OPERATORS: holding('operator'),
      BELLHOP_APPROVERS: holding('approver'),
    });
    await world.ask('add endpoint mail-hq host=imap.example.com');
    await world.ask('create batch one endpoint=mail-hq');
  });
  afterAll(() => world[Symbol.asyncDispose]());
  beforeEach(async () => {
    const chat = world.teams.chatOf('Operator A').id;
    const known = new Set(world.teams.messages(chat).map(({ id }) => id));
    await world.teams.say('Operator A', chat, 'export one');
    const isNew = ({ id, conversationId }: Message): boolean => conversationId === chat && !known.has(id);
    offered = await world.teams.waitFor((message) => isNew(message) && message.fileOffer !== undefined, 20_000);
    card = await world.teams.waitFor((message) => isNew(message) && message.cards.length > 0, 20_000);
  });

  const path = (): string =>
    /"text":"([^"]+\.zip)"/.exec(JSON.stringify(card.cards).replaceAll('\u200b', ''))?.[1] ?? '';
  const offer = (): unknown => offered.fileOffer?.acceptContext;

  async function said(words: string): Promise<Message> {
    const fits = (message: Message): boolean =>
      message.id > offered.id && JSON.stringify(message.cards).includes(words);
    return world.teams.waitFor(fits, 20_000);
  }

  function answered(person: string, value: object): Promise<{ readonly status: number }> {
    const { id } = world.teams.chatOf(person);
    return world.teams.invoke(person, id, 'fileConsent/invoke', { type: 'fileUpload', ...value });
  }

  function room(name: string): object {
    return world.teams.oneDrive.open(name);
  }

  test('taken, it lies in the OneDrive as it was written', async () => {
    const before = world.teams.oneDrive.files.length;
    expect(offered.fileOffer?.description).toContain('The signed record of the batch');

    expect(await world.teams.answerFile('Operator A', offered, true)).toMatchObject({ kind: 'message' });

    const done = JSON.stringify((await said('In your OneDrive')).cards);
    const [file] = world.teams.oneDrive.files.slice(before);
    expect(file?.content.equals(await readFile(path()))).toBe(true);
    expect(done).toContain(createHash('sha256').update(file?.content ?? '').digest('hex'));
    expect(done).toContain('/onedrive/');
  }); // prettier-ignore

  test('declined, nothing is sent, and it cannot be taken any more', async () => {
    const before = world.teams.oneDrive.files.length;

    await world.teams.answerFile('Operator A', offered, false);
    await answered('Operator A', { action: 'accept', context: offer(), uploadInfo: room('late.zip') });

    await said('FileOfferGone');
    expect(world.teams.oneDrive.files.length).toBe(before);
  });

  test('twice at once is once', async () => {
    const before = world.teams.oneDrive.files.length;
    const accept = { action: 'accept', context: offer() };

    await Promise.all([1, 2].map((at) => answered('Operator A', { ...accept, uploadInfo: room(`${at}.zip`) })));

    await said('In your OneDrive');
    await said('FileOfferGone');
    expect(world.teams.oneDrive.files.length).toBe(before + 1);
  });

  test.each([
    ['another operator', 'Approver A', 'FileOfferGone'],
    ['a viewer', 'Viewer A', 'NotAllowed'],
    ['a guest', 'Guest A', 'NotAllowed'],
  ])('%s does not get it', async (_who, person, code) => {
    const before = world.teams.oneDrive.files.length;

    await answered(person, { action: 'accept', context: offer(), uploadInfo: room('stolen.zip') });

    await said(code);
    expect(world.teams.oneDrive.files.length).toBe(before);
    // Nor is it lost for who asked.
    await world.teams.answerFile('Operator A', offered, true);
    await said('In your OneDrive');
  });

  test('it goes to no other place than a OneDrive', async () => {
    await answered('Operator A', {
      action: 'accept',
      context: offer(),
      uploadInfo: { uploadUrl: 'https://evil.example/upload', contentUrl: 'https://evil.example/' },
    });

    await said('FileOfferGone');
  });

  test('a file that was changed since is not handed out', async () => {
    await appendFile(path(), 'x');

    await world.teams.answerFile('Operator A', offered, true);

    await said('FileOfferGone');
  });

  test.each([undefined, {}, { action: 'accept' }, { action: 'accept', context: { offer: '../../etc' } }, []])(
    'an answer to no offer: %j',
    async (value) => {
      const { id } = world.teams.chatOf('Operator A');

      expect((await world.teams.invoke('Operator A', id, 'fileConsent/invoke', value)).status).toBe(200);

      await said('FileOfferGone');
    },
  );

  test('in a channel no file is offered: Teams takes them in personal chats only', async () => {
    const before = world.teams.messages(world.channel).length;

    await world.ask('export one');

    expect(
      world.teams
        .messages(world.channel)
        .slice(before)
        .every((each) => each.fileOffer === undefined),
    ).toBe(true);
  });
});
