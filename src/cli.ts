import { cardText } from './cards/card-text.ts';
import { checkCard } from './cards/check-card.ts';
import { endpointTestCard } from './cards/endpoint-card.ts';
import { probeCard } from './cards/probe-card.ts';
import { planCard } from './cards/plan-card.ts';
import { verifyCard } from './cards/verify-card.ts';
import type { Card } from './cards/elements.ts';
import { ENGLISH } from './cards/locale.ts';
import { COMMANDS } from './bot/commands/index.ts';
import { type CommandReply, commandWords } from './bot/commands/command.ts';
import { parseCommand, runCommand } from './bot/commands/parse.ts';
import { readTarget } from './bot/commands/arguments.ts';
import { askApproval } from './bot/commands/approval-commands.ts';
import { IMPORT_USAGE, importFile, importText } from './cli-import.ts';
import type { Actor } from './engine/domain/actor.ts';
import { inPieces } from './engine/domain/in-pieces.ts';
import { jsonPieces } from './engine/domain/json-pieces.ts';
import { type Failure, MigrationError, failure, toMigrationError } from './engine/domain/failure.ts';
import { parseBatchName } from './engine/domain/ids.ts';
import type { World } from './engine/ports.ts';
import { probeView } from './engine/probe.ts';
import { planView } from './engine/plan.ts';
import { verifyView } from './engine/verify.ts';
import { batchCheck } from './engine/queries.ts';

/** The streams of a terminal. */
export interface CliStreams {
  out(text: string): void;
  error(text: string): void;
}

/** Exit codes: 0 done, 1 refused or failed, 2 not understood. */
export type ExitCode = 0 | 1 | 2;

const ASYNC_DEADLINE = 600_000;
const POLL_EVERY = 250;
/** A worker that leaves and comes back is no news. */
const SAY_NO_WORKER_AFTER = 3_000;

/** The text of `bellhop --help`. */
export function usageText(): string {
  const commands = COMMANDS.map(({ usage, help }) => `  ${usage}\n      ${help}`);
  return [
    'usage: bellhop <command> [--json]',
    '',
    'Server:',
    '  serve\n      Run Bellhop (bot and worker, see BELLHOP_ROLES).',
    `  ${IMPORT_USAGE}\n      Read users and passwords from a CSV: EmailAddress,UserName,Password[,UserRoot,Priority]. Refused rows go to <file.csv>.bad.csv.`,
    '  verify-record <folder or .zip> [key=<fingerprint>] [since=<older record>]\n      Check the signed record of a batch. Needs no server and no configuration.',
    '',
    'Commands, the same as in chat:',
    ...commands,
  ].join('\n');
}

/** Runs one command line against the world and prints its view (`--json`) or its text. */
export async function runCli(argv: readonly string[], streams: CliStreams, world: World, by: Actor): Promise<ExitCode> {
  const json = argv.includes('--json');
  const words = argv.filter((word) => word !== '--json');
  try {
    if (words[0] === 'import') return await runImport(words.slice(1), json, streams, world, by);
    // Words with spaces came quoted from the shell and stay one word.
    const text = words.map((word) => (/\s/.test(word) ? quoted(word) : word)).join(' ');
    const parsed = parseCommand(text, { commands: COMMANDS });
    // Who sits at the server is somebody; an approval needs a known person.
    if (parsed.command.permission === 'approve' || parsed.command.permission === 'break-glass')
      throw new MigrationError('ApprovalNeedsPerson', { command: commandWords(parsed.command.usage) });
    const context = { world, by, locale: ENGLISH };
    const reply = (await askApproval(text, parsed, context)) ?? (await runCommand(parsed, context));
    const { view, card } = reply.pending === undefined ? reply : await finalReply(reply, world, streams);
    streams.out(json ? JSON.stringify(view, undefined, 2) : cardText(withoutButtons(card)));
    return 0;
  } catch (error) {
    return reportError(error, json, streams);
  }
}

function quoted(word: string): string {
  const named = /^([A-Za-z-]+)=(.*)$/.exec(word);
  return named === null ? `"${word}"` : `${named[1] ?? ''}="${named[2] ?? ''}"`;
}

// A terminal has no buttons; what they say stands in "help".
function withoutButtons(card: Card): Card {
  return { ...card, actions: [] };
}

async function finalReply(
  { pending, view, card }: CommandReply,
  world: World,
  streams: CliStreams,
): Promise<{ readonly view: unknown; readonly card: Card }> {
  if (pending === undefined) return { view, card };
  const asked = world.clock.now();
  const since = asked - 5_000;
  let shown = '';
  for (
    const deadline = world.clock.now() + ASYNC_DEADLINE;
    world.clock.now() < deadline;
    await world.clock.sleep(POLL_EVERY)
  ) {
    for await (const event of world.events.read(since, world.clock.now() + 1_000)) {
      if (!('request' in event) || event.request !== pending.request) continue;
      if (event.type === 'EndpointTested')
        return {
          view: { endpoint: event.endpoint, ...event.test },
          card: endpointTestCard(event.endpoint, event.test),
        };
      if (event.type === 'Verified') {
        const target = readTarget(String(Reflect.get(Object(view), 'identity')));
        const found = target === undefined ? undefined : await verifyView(world, target, pending.request);
        if (found !== undefined && found.done === found.users) return { view: found, card: verifyCard(found) };
      }
      if (event.type === 'Planned') {
        const target = readTarget(String(Reflect.get(Object(view), 'identity')));
        const found = target === undefined ? undefined : await planView(world, target, pending.request);
        if (found !== undefined && found.done === found.users) return { view: found, card: planCard(found) };
      }
      if (event.type === 'Probed') {
        const found = await probeView(world, event.user, pending.request);
        return { view: found, card: probeCard(found) };
      }
      if (event.type === 'BatchChecked') {
        const check = await batchCheck(world, event.batch);
        if (check !== undefined) return { view: check, card: checkCard(check) };
      }
    }
    const patient = world.clock.now() - asked < SAY_NO_WORKER_AFTER;
    shown = await showProgress(view, world, streams, { shown, patient });
  }
  throw new MigrationError('StateUnavailable', { detail: 'no worker answered; is "bellhop serve" running?' });
}

async function showProgress(
  view: unknown,
  world: World,
  streams: CliStreams,
  { shown, patient }: { readonly shown: string; readonly patient: boolean },
): Promise<string> {
  const batch = parseBatchName(String(typeof view === 'object' && view !== null ? Reflect.get(view, 'batch') : ''));
  const check = batch === undefined ? undefined : await batchCheck(world, batch);
  const begun = check !== undefined && check.users > 0;
  const idle = !begun && !patient && (await world.jobs.workers('sync-mailbox')) === 0;
  const line = begun
    ? `${check.checked} of ${check.users} users`
    : idle
      ? 'no worker runs: start "bellhop serve". What you asked for waits for it, also after Ctrl-C'
      : 'waiting for a worker';
  if (line !== shown) streams.error(`... ${line}`);
  return line;
}

async function runImport(
  words: readonly string[],
  json: boolean,
  streams: CliStreams,
  world: World,
  by: Actor,
): Promise<ExitCode> {
  const result = await importFile(words, world, by);
  // Of 50,000 refused rows the answer is larger than the file: it is never one text.
  if (json) for (const lines of wholeLines(inPieces(jsonPieces(result)))) streams.out(lines);
  else streams.out(importText(result));
  return result.added + result.updated + result.unchanged > 0 ? 0 : 1;
}

// Cut where a line ends, which is said by saying it.
function* wholeLines(pieces: Iterable<string>): Iterable<string> {
  let begun = '';
  for (const piece of pieces) {
    const end = piece.lastIndexOf('\n');
    if (end >= 0) yield begun + piece.slice(0, end);
    begun = end < 0 ? begun + piece : piece.slice(end + 1);
  }
  yield begun;
}

function reportError(error: unknown, json: boolean, streams: CliStreams): ExitCode {
  const known = toMigrationError(error);
  const shown: Failure = failure(known.code, known.details);
  streams.error(json ? JSON.stringify({ error: shown }) : `${shown.code}: ${shown.message}\n${shown.remedy}`);
  return known.code === 'UsageError' || known.code === 'UnknownCommand' ? 2 : 1;
}
