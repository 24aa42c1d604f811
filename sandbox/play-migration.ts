import { join } from 'node:path';
import { checkMigration, isClean } from '../test/checker/check-migration.ts';
import { readFileSync } from 'node:fs';
import { appendMail } from './source/append-mail.ts';
import type { Message } from './teams/conversations.ts';
import { type SandboxWorld, addressOf, passwordOf } from './world.ts';

interface Stage {
  say(line: string): void;
  cardText(card: never): string;
}

const SYNC_DEADLINE = 150_000;

/** Plays a migration through chat messages, prints the transcript, and lets the outside checker judge. 0: nothing lost, nothing twice. */
export async function playMigration(world: SandboxWorld, stage: Stage): Promise<number> {
  const { teams, source } = world;
  const [operator] = teams.people;
  if (operator === undefined) throw new Error('nobody is there');

  async function chat(text: string, done: (text: string) => boolean = () => true): Promise<string> {
    const asked = await teams.say(operator as NonNullable<typeof operator>, teams.channel.id, text);
    stage.say(`\n${'-'.repeat(78)}\n${operator?.name ?? ''}: @Bellhop ${text}\n`);
    const reply = await teams.waitFor(
      (message) => message.rootId === asked.id && message.from.bot && done(show(message)),
      SYNC_DEADLINE,
    );
    const shown = show(reply);
    stage.say(shown);
    return shown;
  }

  const show = (message: Message): string =>
    message.attachments.map(({ content }) => stage.cardText(content as never)).join('\n');
  const finished = (text: string): boolean => /Synced( with errors)?$/m.test(text.split('\n')[0] ?? '');

  await chat(`add endpoint sandbox host=localhost port=${source.tlsPort}`);
  await chat('test endpoint sandbox', (text) => !text.includes('Testing'));
  await chat('create batch demo endpoint=sandbox');
  stage.say(`\n${'-'.repeat(78)}\n$ bellhop import users.csv batch=demo endpoint=sandbox\n`);
  stage.say((await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox')).out.trim());
  await chat('check batch demo', (text) => !text.includes('● Checking'));
  await chat('start batch demo', finished);
  await chat('failures demo');
  await chat(`status ${addressOf('sales')}`);
  stage.say(`\n${'-'.repeat(78)}\nSeven new mails arrive at the source.\n`);
  await appendMail(
    {
      host: 'localhost',
      port: source.tlsPort,
      ca: readFileSync(source.caFile, 'utf8'),
      user: 'sales',
      password: passwordOf('sales'),
    },
    addressOf('sales'),
    7,
  );
  const before = countOf(await chat('status demo'));
  await chat('sync now demo', (text) => finished(text) && countOf(text) === before + 7);
  return judge(world, stage);
}

function countOf(text: string): number {
  return Number(/All ([\d,]+) messages accounted for/.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN);
}

async function judge(world: SandboxWorld, stage: Stage): Promise<number> {
  stage.say(`\n${'-'.repeat(78)}\nThe outside checker compares source and target:\n`);
  let clean = true;
  for (const { name, wrongPassword, withoutTarget } of world.users) {
    if (wrongPassword === true || withoutTarget === true) continue;
    const { source, tlsPort } = { source: world.source, tlsPort: world.source.tlsPort };
    const result = await checkMigration({
      source: {
        host: 'localhost',
        port: tlsPort,
        user: name,
        password: passwordOf(name),
        ca: readFileSync(source.caFile, 'utf8'),
      },
      store: join(world.directory, 'exchange', 'store'),
      address: addressOf(name),
    });
    clean &&= isClean(result);
    stage.say(
      `${isClean(result) ? 'ok    ' : 'FAILED'}  ${addressOf(name).padEnd(28)} ${result.source} at the source, ${result.target} in the target, ${result.missing.length} missing, ${result.doubled.length} doubled`,
    );
    for (const line of [...result.missing, ...result.surplus, ...result.wrong].slice(0, 5))
      stage.say(`        ${line}`);
  }
  stage.say(clean ? '\nNothing lost, nothing twice.' : '\nThe migration is not clean.');
  return clean ? 0 : 1;
}
