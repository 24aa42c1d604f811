import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkMigration } from '../test/checker/check-migration.ts';
import { formatReport } from '../test/checker/format-report.ts';
import { editMailbox } from './source/edit-mailbox.ts';
import { generateMailbox } from './source/generate-mail.ts';
import { cardText } from './teams/card-text.ts';
import type { Message } from './teams/conversation.ts';
import { type SandboxWorld, addressOf, passwordOf } from './world.ts';

interface Stage {
  say(line: string): void;
}

const SYNC_DEADLINE = 150_000;
const NEW_MAILS = 7;

/** Plays a migration through chat messages, prints the transcript, and lets the outside checker judge. 0: nothing lost, nothing twice. */
export async function playMigration(world: SandboxWorld, stage: Stage): Promise<number> {
  const { teams, source } = world;
  const channel = teams.channel('Mail migration').id;
  const rule = '-'.repeat(78);

  async function chat(
    text: string,
    isDone: (text: string) => boolean = () => true,
    [handle, name]: readonly [handle: string, name: string] = ['operator-a', 'Operator A'],
  ): Promise<string> {
    stage.say(`\n${rule}\n${name}: @Bellhop ${text}\n`);
    const asked = await teams.say(handle, channel, `@Bellhop ${text}`);
    const reply = await teams.waitFor(
      (message) => message.rootId === asked.id && message.author.kind === 'bot' && isDone(show(message)),
      SYNC_DEADLINE,
    );
    stage.say(show(reply));
    return show(reply);
  }

  await chat(`add endpoint sandbox host=localhost port=${source.tlsPort}`);
  await chat('test endpoint sandbox', (text) => !text.includes('Testing'));
  await chat('create batch demo endpoint=sandbox');
  stage.say(`\n${rule}\n$ bellhop import users.csv batch=demo endpoint=sandbox\n`);
  stage.say((await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox')).out.trim());
  await chat('check batch demo', (text) => !text.includes('● Checking'));
  await chat('start batch demo', isSynced);
  await chat('failures demo');
  await chat(`status ${addressOf('sales')}`);
  stage.say(`\n${rule}\nSeven new mails arrive at the source.\n`);
  await deliver(world, 'sales');
  const before = countOf(await chat('status demo'));
  await chat('sync now demo', (text) => isSynced(text) && countOf(text) === before + NEW_MAILS);
  await chat(`verify ${addressOf('sales')}`, (text) => text.includes('SHA-256'));
  await playCutover(world, chat, (line) => stage.say(`\n${rule}\n${line}\n`));
  await chat('status demo', (text) => text.includes('Completed'));
  await chat('export demo');
  stage.say(`\n${rule}\nWhoever gets the record checks it with a script that knows nothing of Bellhop:\n`);
  const unchanged = await checkRecord(world, (line) => stage.say(line));
  stage.say(`\n${rule}\nThe outside checker reads source and target itself:\n`);
  const report = await checkMigration(planOf(world));
  stage.say(formatReport(report));
  return report.passed && unchanged ? 0 : 1;
}

/** Runs the script of docs/record.md on the record that was just written. */
async function checkRecord({ environment }: SandboxWorld, tell: (line: string) => void): Promise<boolean> {
  const records = join(environment['BELLHOP_DATA'] ?? '', 'records');
  const newest = readdirSync(records)
    .filter((name) => !name.endsWith('.zip'))
    .toSorted()
    .at(-1);
  const script = join(import.meta.dirname, '../docs/verify-record.mjs');
  tell(`$ node docs/verify-record.mjs ${newest}`);
  const [code, out] = await new Promise<readonly [number, string]>((done) => {
    execFile(process.execPath, [script, join(records, newest ?? '')], (error, stdout, stderr) =>
      done([error === null ? 0 : 1, `${stdout}${stderr}`]),
    );
  });
  tell(out.trim());
  return code === 0;
}

type Chat = (
  text: string,
  isDone?: (text: string) => boolean,
  who?: readonly [handle: string, name: string],
) => Promise<string>;

function at(step: number): (text: string) => boolean {
  return (text) => text.includes(`step ${step} of 12`) && !text.includes('○ Not ready');
}

/** The cutover, to the point where the old server may go: the DNS owner reads along, a second person agrees. */
async function playCutover(world: SandboxWorld, chat: Chat, tell: (line: string) => void): Promise<void> {
  async function agreed(words: string): Promise<void> {
    const id = /Approval ([0-9A-F]{6})/.exec(await chat(words))?.[1] ?? '';
    await chat(`approve ${id}`, (text) => text.includes('Approved and done'), ['approver-a', 'Approver A']);
  }
  tell('The cutover: one step at a time, each with its evidence. Two users cannot move; two people do without them.');
  await chat('start cutover demo settle=5m', at(2));
  await agreed('waive step demo initial-sync-complete Both mailboxes are given up.');
  tell('The owner of the DNS reads along and does what the card asks for.');
  await chat('cutover demo', at(5));
  await chat('confirm step demo people-informed', at(6));
  await agreed('go ahead demo mx-switched');
  await chat('cutover demo', at(7));
  tell('Late mail arrives at the old server. It is brought over, and told.');
  await deliverLate(world, 'info');
  await chat('cutover demo', at(10));
  await chat('late mail demo');
  await agreed('go ahead demo complete');
  await chat('cutover demo', at(11));
  await agreed('go ahead demo source-may-go');
  await chat('cutover demo', (text) => text.includes('step 12 of 12'));
}

/** What the outside checker has to compare: every user that has a target and the right password. */
export function planOf(world: SandboxWorld): Parameters<typeof checkMigration>[0] {
  const { source, exchangeDirectory } = world;
  const movable = world.users.filter((user) => user.wrongPassword !== true && user.withoutTarget !== true);
  return {
    exchangeDirectory,
    users: movable.map(({ name, domain }) => ({
      login: name,
      source: {
        host: source.host,
        port: source.tlsPort,
        caFile: source.caFile,
        user: name,
        password: passwordOf(name),
      },
      target: addressOf(name, domain),
      owner: addressOf(name, domain),
      manners: world.exchange.manners.of(
        world.exchange.mailboxes.users.find(({ address }) => address === addressOf(name, domain))?.id ?? '',
      ),
    })),
  };
}

async function deliver(world: SandboxWorld, user: string): Promise<void> {
  const mailbox = generateMailbox({
    owner: addressOf(user),
    seed: 99,
    mails: NEW_MAILS,
    profile: 'quick',
    style: 'tiny',
    until: new Date(),
  });
  await using editor = await editMailbox(world.source, { name: user, password: passwordOf(user) });
  for (const mail of mailbox.mails()) await editor.append({ ...mail, folder: ['INBOX'] });
}

// As the old server would take it from a copier that knows no other address.
async function deliverLate(world: SandboxWorld, user: string): Promise<void> {
  const raw = [
    'Received: from copier.contoso.example (copier.contoso.example [192.0.2.77])',
    '\tby mail.contoso.example with ESMTP',
    'From: Copier <copier@contoso.example>',
    `To: <${addressOf(user)}>`,
    'Subject: Scan of the third floor',
    'Message-ID: <scan-1@copier.contoso.example>',
    'Content-Type: text/plain',
    '',
    'Two pages.',
    '',
  ].join('\r\n');
  await using editor = await editMailbox(world.source, { name: user, password: passwordOf(user) });
  await editor.append({ folder: ['INBOX'], raw: Buffer.from(raw), flags: [], internalDate: new Date() });
}

function show(message: Message): string {
  return message.cards.map((card) => cardText(card)).join('\n');
}

function isSynced(text: string): boolean {
  return /[✓▲✕] Synced( with errors)?/.test(text);
}

function countOf(text: string): number {
  return Number(/All ([\d,]+) messages accounted for/.exec(text)?.[1]?.replaceAll(',', '') ?? Number.NaN);
}
