import { expect, test } from 'vitest';
import { withoutCharts } from '../../src/bot/charts-as-rows.ts';
import { failure } from '../../src/engine/domain/failure.ts';
import { parseBatchName } from '../../src/engine/domain/ids.ts';
import { startBotWorld } from '../support/bot-world.ts';
import { address } from '../contracts/sample-records.ts';
import { sampleUsers } from '../support/sample-users.ts';
import { cardCatalogue } from '../cards/card-catalogue.ts';
import { localeFor } from '../../src/cards/locale.ts';

test('no card keeps a chart, whatever else it holds stays', () => {
  for (const [name, card] of cardCatalogue(localeFor('en'))) {
    const plain = withoutCharts(card);

    expect(JSON.stringify(plain), name).not.toContain('"Chart.');
    if (!JSON.stringify(card).includes('"Chart.')) expect(plain, name).toEqual(JSON.parse(JSON.stringify(card)));
  }
});

/** The card a stopped batch with a failed user gets, posted and as the answer of its button. */
async function cardsOf(charts: 'on' | 'off'): Promise<string> {
  await using world = await startBotWorld({ BELLHOP_CHARTS: charts });
  await world.ask('add endpoint mail-hq host=imap.example.com');
  await world.ask('create batch one endpoint=mail-hq');
  const batch = parseBatchName('one');
  if (batch === undefined) throw new Error('a name is one');
  const users = sampleUsers('one', 3).map((user, at) => ({
    ...user,
    address: address(`one.${at}@example.com`),
    ...(at === 0 ? { status: 'Failed' as const, error: failure('MailboxFull', { address: 'a', detail: 'b' }) } : {}),
  }));
  await world.opened.world.store.addUsers(users, [], { id: 'o', name: 'Operator A' });

  const card = await world.ask('status one');
  const answer = await world.teams.invoke('Operator A', world.channel, 'adaptiveCard/action', { action: { type: 'Action.Execute', verb: 'status', data: { target: 'one' } } }, card.id);

  return JSON.stringify([card.cards, answer.body]);
} // prettier-ignore

test('switched off, cards carry the rows: posted and in the answer to a button', async () => {
  const said = await cardsOf('off');

  expect(said).not.toContain('Chart.Donut');
  expect(said).toContain('"ExtraLarge"');
  expect((await cardsOf('on')).match(/Chart\.Donut/g)).toHaveLength(2);
});
