import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { type Command, commandWords } from '../../src/bot/commands/command.ts';
import { parseCommand } from '../../src/bot/commands/parse.ts';
import { LONGEST_COMMAND, cleanMessage, looksLikeSecret } from '../../src/bot/commands/tokenize.ts';
import { MigrationError } from '../../src/engine/domain/failure.ts';

function read(message: string): readonly [string, Readonly<Record<string, unknown>>] {
  const { command, args } = parseCommand(cleanMessage(message, ['Bellhop']), { commands: COMMANDS });
  return [commandWords(command.usage), args];
}

function refusal(message: string): MigrationError {
  try {
    read(message);
  } catch (error) {
    if (error instanceof MigrationError) return error;
    throw error;
  }
  throw new Error(`"${message}" was understood.`);
}

describe('what people type', () => {
  test.each([
    ['status', 'status', {}],
    ['<at>Bellhop</at> status', 'status', {}],
    ['<at>Bellhop</at>&nbsp;status&nbsp;sales-1', 'status', { target: { batch: 'sales-1' } }],
    ['<at>Bellhop</at> <at>Bellhop</at> status', 'status', {}],
    ['<at id="0">bellhop</at> batches', 'batches', {}],
    ['@Bellhop @bellhop endpoints', 'endpoints', {}],
    ['  STATUS\u00a0\u00a0Sales-1 ', 'status', { target: { batch: 'sales-1' } }],
    ['status info@example.com', 'status', { target: { user: 'info@example.com' } }],
    ['start batch "sales-1"', 'start batch', { batch: 'sales-1' }],
    ['start batch „sales-1“', 'start batch', { batch: 'sales-1' }],
    ['start batch “sales-1”', 'start batch', { batch: 'sales-1' }],
    ['start batch ‘sales-1’', 'start batch', { batch: 'sales-1' }],
    ['start batch «sales-1»', 'start batch', { batch: 'sales-1' }],
    ['batch starten sales-1', 'start batch', { batch: 'sales-1' }],
    ['stoppe batch sales-1', 'stop batch', { batch: 'sales-1' }],
    ['prüfe batch sales-1', 'check batch', { batch: 'sales-1' }],
    ['fehler sales-1', 'failures', { batch: 'sales-1' }],
    ['hilfe', 'help', {}],
    // Copied from a card, with the places where it may wrap.
    ['status info@conto\u200bso.example', 'status', { target: { user: 'info@contoso.example' } }],
    ['sync now sales-1', 'sync now', { target: { batch: 'sales-1' } }],
    ['sync sales-1', 'sync now', { target: { batch: 'sales-1' } }],
    ['retry sales-1', 'retry', { target: { batch: 'sales-1' } }],
    ['add endpoint mail-hq host=imap.example.com', 'add endpoint', { name: 'mail-hq', host: 'imap.example.com' }],
    ['add endpoint cloud host=imap.example.org login=xoauth2 token=https://login.example.org/token client=1f2e scope="imap offline_access" grant=refresh', 'add endpoint', { name: 'cloud', host: 'imap.example.org', login: 'xoauth2', token: 'https://login.example.org/token', client: '1f2e', scope: 'imap offline_access', grant: 'refresh' }],
    ['add endpoint mail-hq server="imap.example.com" port=143 sicherheit=STARTTLS', 'add endpoint', { name: 'mail-hq', host: 'imap.example.com', port: 143, security: 'starttls' }],
    ['create batch name=sales-1 endpunkt=mail-hq exclude="Junk,Archive/*" every=6h', 'create batch', { name: 'sales-1', endpoint: 'mail-hq', exclude: ['Junk', 'Archive/*'], every: 21_600_000 }],
  ])('%s', (message, words, args) => {
    const [found, values] = read(message);

    expect(found).toBe(words);
    expect(values).toMatchObject(args);
  }); // prettier-ignore

  test.each([
    ['strt batch sales-1', 'start batch'],
    ['statsu', 'status'],
    ['endponits', 'endpoints'],
    ['good morning everybody', 'help'],
    ['synk now sales-1', 'sync now'],
    ['hlep', 'help'],
  ])('%s: did you mean %s', (message, nearest) => {
    const { code, details } = refusal(message);

    expect(code).toBe('UnknownCommand');
    expect(details['nearest']).toBe(nearest);
  });

  test.each([
    ['start batch', 'needs the name of a batch'],
    ['start batch a b', 'does not know what to do with "b"'],
    ['start batch sales-1 speed=9', 'does not know what to do with "speed"'],
    ['add endpoint x host=a host=b', '"host=" is given twice'],
    ['add endpoint x host=a server=b', '"host=" is given twice'],
    ['add endpoint x host=a token=http://login.example.org/token client=1', 'is not the https address'],
    ['add endpoint x host=a port=99999', 'is not a port'],
    ['status "../../etc"', 'is not the name of a batch'],
  ])('%s: %s', (message, words) => {
    const { code, message: said } = refusal(message);

    expect(code).toBe('UsageError');
    expect(said).toContain(words);
  });

  test.each(['password=geheim123', 'add endpoint x host=a passwort: geheim', 'pw = geheim', 'token=abc'])(
    'a message with a password is refused unread: %s',
    (message) => expect(looksLikeSecret(cleanMessage(message, ['Bellhop']))).toBe(true),
  );
});

describe('the table', () => {
  test('every command has a role, an example that it understands itself, and words of its own', () => {
    const taken = new Map<string, string>();
    for (const command of COMMANDS) {
      expect(['view', 'operate', 'approve', 'break-glass'], command.usage).toContain(command.permission);
      for (const example of command.examples) expect(read(example)[0], example).toBe(commandWords(command.usage));
      for (const phrase of [commandWords(command.usage), ...command.aliases]) {
        expect(taken.get(phrase), `"${phrase}" is understood as two commands`).toBeUndefined();
        expect(phrase, 'phrases are compared in lower case').toBe(phrase.toLowerCase());
        taken.set(phrase, command.usage);
      }
    }
  });

  test('a command without a role does not compile', () => {
    // @ts-expect-error -- permission is missing, which is the point
    const nobody: Command = {
      usage: 'x', title: 'X', help: '', examples: [], aliases: [], topic: 'Look', args: {},
      run: () => Promise.reject(new Error('never run')),
    }; // prettier-ignore

    expect(nobody.usage).toBe('x');
  });
});

const PIECES = [
  '<at>', '</at>', '<at>Bellhop</at>', '&nbsp;', '&amp;', '"', '„', '“', "'", '=', ' ', '\u00a0', '\u202e', 'start batch', 'status',
  'host=', 'x'.repeat(300), 'a@b.example', '(((((((', '\\', '{{', '**', 'password', '😀', '\ud800', '𝔘', '\n', 'prüfe', '-', ',', '1e9', 'confirm=', 'pw ',
]; // prettier-ignore

// A small generator with a seed: a failing message can be made again.
function* messages(total: number): Generator<string> {
  let seed = 20_261_127;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let made = 0; made < total; made += 1) {
    const length = made % 100 === 0 ? 4000 : next(40);
    let message = '';
    for (let piece = 0; piece < length; piece += 1) message += PIECES[next(PIECES.length)] ?? '';
    yield message;
  }
}

/** Reads a message as the bot does; what is refused is refused in Bellhop's words. */
function readHostile(message: string): string {
  const clean = cleanMessage(message, ['Bellhop']);
  looksLikeSecret(clean);
  try {
    parseCommand(clean, { commands: COMMANDS });
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
  }
  return clean;
}

/** ms of this thread's CPU, whatever else the machine does; of what was slow the best of a few, so that no pause of the engine counts. */
function costOf(work: () => void, limit: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 5 && best >= limit; tries += 1) {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

test('10,000 hostile messages are read or refused, each in under 5 ms', () => {
  const slow: string[] = [];
  for (const message of messages(10_000)) {
    let clean = '';
    const cost = costOf(() => (clean = readHostile(message)), 5);
    expect(clean.length).toBeLessThanOrEqual(LONGEST_COMMAND);
    if (cost >= 5) slow.push(`${cost} ms: ${message.slice(0, 80)}`);
  }

  expect(slow).toEqual([]);
});

test.each([
  ['mentions that never end', '<at'],
  ['mentions without a start', '>bellhop</at>'],
  ['entities', '&nbsp;'],
  ['quotes', '"'],
  ['secrets that are none', 'pw '],
  ['names', 'a='],
])('the work grows with the length, not with its square: %s', (_what, piece) => {
  const message = piece.repeat(200_000);

  const clean = cleanMessage(message, ['Bellhop']);

  // What is longer than a command is cut before anything looks at it: any message costs what 2,000 characters cost.
  expect(clean.length).toBeLessThanOrEqual(LONGEST_COMMAND);
  expect(looksLikeSecret(clean)).toBe(false);
});
