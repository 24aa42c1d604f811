import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../sandbox/source/free-port.ts';
import { cardButtons } from '../../sandbox/teams/card-buttons.ts';
import { cardText } from '../../sandbox/teams/card-text.ts';
import type { Message } from '../../sandbox/teams/conversation.ts';
import { type SandboxWorld, startSandbox } from '../../sandbox/world.ts';

let world: SandboxWorld;

beforeAll(async () => {
  const port = String(await freePort());
  world = await startSandbox({
    users: [{ name: 'first', mails: 12 }],
    environment: { PORT: port, BELLHOP_PUBLIC_URL: `http://127.0.0.1:${port}`, BELLHOP_DETAILS: 'personal' },
  });
  await world.startBellhop('bot,worker');
});
afterAll(() => world[Symbol.asyncDispose]());

function textOf({ cards }: Message): string {
  // As people read it: joined lines, without the frame and the invisible places where words may break.
  return cards
    .map((card) => cardText(card))
    .join('\n')
    .replaceAll(/[\u200b│▎┌┐└┘├┤─]/g, '')
    .replaceAll(/\s+/g, ' ');
}

/** Says something in the channel and waits for the answer, or for what it becomes. */
async function said(text: string, isDone: (text: string) => boolean = () => true): Promise<Message> {
  const { teams } = world;
  const channel = teams.channel('Mail migration').id;
  const asked = await teams.say('Operator A', channel, `@Bellhop ${text}`);
  return teams.waitFor(
    (message) => message.rootId === asked.id && message.author.kind === 'bot' && isDone(textOf(message)),
    60_000,
  );
}

/** Commands a message offers: in words, and behind its buttons. */
function offers({ cards }: Message): string {
  const buttons = cards
    .flatMap((card) => cardButtons(card))
    .map(({ title, action }) => `${title} ${JSON.stringify(action)}`);
  return [...cards.map((card) => String(card['fallbackText'])), ...buttons].join('\n').toLowerCase();
}

test('whoever knows nothing but "help" gets from nothing to a running batch by what the cards say', async () => {
  const help = await said('help');
  const steps = Array.from(
    textOf(help).matchAll(/(?<=\s)\d ((?:[a-z]+ )+[\w=. -]*?)(?= \d [a-z]| Look)/g),
    ([, step = '']) => step,
  );
  expect(steps.map((step) => step.split(' ').slice(0, 2).join(' '))).toEqual([
    'add endpoint',
    'test endpoint',
    'create batch',
    'add users',
    'check batch',
    'start batch',
  ]);

  // The names are free, the server is not: how a port is given stands in the help of the command.
  const [first = '', ...rest] = steps;
  expect(textOf(await said('help add endpoint'))).toContain('port=143');
  const own = `${first.replace('imap.example.com', 'localhost')} port=${world.source.tlsPort}`;
  const done: Readonly<Record<string, (text: string) => boolean>> = {
    'test endpoint': (text) => text.includes('✓ Reached'),
    'check batch': (text) => text.includes('✓ Ready'),
    'start batch': (text) => text.includes('✓ Synced'),
  };

  let answer = await said(own);
  for (const step of rest) {
    const words = step.split(' ').slice(0, 2).join(' ');
    // Every card says what comes next, in words or as a button. The page says it after the upload.
    if (words !== 'check batch') expect(offers(answer), `after which comes ${step}`).toContain(words);
    answer = await said(step, done[words]);
    if (words === 'add users') answer = await uploaded(answer);
  }

  expect(textOf(answer)).toContain('All 12 messages accounted for');
});

// The card in the channel says where the link is; the page behind it says which columns it takes, and what comes next.
async function uploaded(answer: Message): Promise<Message> {
  const { teams } = world;
  expect(textOf(answer)).toContain('your chat with Bellhop');
  const link = teams
    .messages(teams.chatOf('Operator A').id)
    .flatMap(({ cards }) => cards.flatMap((card) => cardButtons(card)))
    .at(-1);
  const url = String(link?.action['url']);
  expect(await (await fetch(url)).text()).toContain('EmailAddress');
  const sent = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'text/csv' },
    body: readFileSync(world.csvFile),
  });
  expect(JSON.stringify(await sent.json())).toContain('check batch sales-1');
  return answer;
}
