import { MigrationError } from '../../engine/domain/failure.ts';
import { type Arguments, type Command, type Permission, commandWords } from './command.ts';
import { nearest } from './nearest.ts';
import { type Token, tokenize } from './tokenize.ts';

/** A command with its arguments read, ready to run. */
export interface ParsedCommand {
  readonly command: Command;
  readonly args: Readonly<Record<string, unknown>>;
  /** `confirm=<n>`: the count the person saw when asked. */
  readonly confirmed: string | undefined;
}

export interface CommandTable {
  readonly commands: readonly Command[];
}

/** Reads a clean message as a command of the table. Throws UnknownCommand with the nearest one, or UsageError. */
export function parseCommand(text: string, { commands }: CommandTable): ParsedCommand {
  const tokens = tokenize(text);
  const match = findCommand(tokens, commands);
  if (match === undefined) throw unknownCommand(text, commands);
  const rest = tokens.slice(match.words);
  const asks = match.command.reach !== undefined;
  return {
    command: match.command,
    args: readArguments(match.command, asks ? rest.filter((token) => token.name !== 'confirm') : rest),
    confirmed: asks ? rest.find((token) => token.name === 'confirm')?.value : undefined,
  };
}

/** The command a message names and gives nothing: "add endpoint" alone. */
export function bareCommand(text: string, { commands }: CommandTable): Command | undefined {
  const tokens = tokenize(text);
  const match = findCommand(tokens, commands);
  return match !== undefined && match.words === tokens.length ? match.command : undefined;
}

interface Match {
  readonly command: Command;
  readonly words: number;
}

// The longest phrase wins: "status sales-1" is "status" with an argument, "sync now x" is not "sync".
function findCommand(tokens: readonly Token[], commands: readonly Command[]): Match | undefined {
  let best: Match | undefined;
  for (const command of commands) {
    for (const phrase of [commandWords(command.usage), ...command.aliases]) {
      const words = phrase.split(' ');
      const matches = words.every(
        (word, at) => tokens[at]?.name === undefined && tokens[at]?.value.toLowerCase() === word,
      );
      if (matches && words.length > (best?.words ?? 0)) best = { command, words: words.length };
    }
  }
  return best;
}

function unknownCommand(text: string, commands: readonly Command[]): MigrationError {
  const phrases = commands.flatMap((command) => [commandWords(command.usage), ...command.aliases]);
  const found = nearest(text.toLowerCase(), phrases, 'help');
  const command = commands.find((each) => commandWords(each.usage) === found || each.aliases.includes(found));
  return new MigrationError('UnknownCommand', {
    text: text.slice(0, 80),
    nearest: command === undefined ? 'help' : commandWords(command.usage),
  });
}

function readArguments(command: Command, tokens: readonly Token[]): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  const positional = tokens.filter((token) => token.name === undefined);
  const named = new Map<string, string>();
  for (const { name, value } of tokens) {
    if (name === undefined) continue;
    const known = nameOf(command, name);
    if (named.has(known)) throw usage(command, `"${known}=" is given twice.`);
    named.set(known, value);
  }
  let at = 0;
  for (const [name, argument] of Object.entries<Arguments[string]>(command.args)) {
    // What has a place may be named as well: "create batch name=sales-1".
    const byName = named.get(name);
    named.delete(name);
    const left = argument.rest === true ? positional.slice(at) : positional.slice(at, at + 1);
    const text = byName ?? (argument.named === true ? undefined : left.map((token) => token.value).join(' '));
    if (argument.named !== true && byName === undefined) at += Math.max(1, left.length);
    if (text === undefined || text === '') {
      if (argument.optional !== true)
        throw usage(command, `"${commandWords(command.usage)}" needs ${argument.expects}.`, name);
      continue;
    }
    const value = argument.read(text);
    if (value === undefined) throw usage(command, `"${text.slice(0, 60)}" is not ${argument.expects}.`, name);
    values[name] = value;
  }
  const surplus = positional[at]?.value ?? [...named.keys()][0];
  if (surplus !== undefined)
    throw usage(command, `"${commandWords(command.usage)}" does not know what to do with "${surplus.slice(0, 60)}".`);
  return values;
}

// "endpunkt=" is "endpoint=".
function nameOf(command: Command, given: string): string {
  const found = Object.entries<Arguments[string]>(command.args).find(([, argument]) => argument.also?.includes(given));
  return found?.[0] ?? given;
}

function usage(command: Command, detail: string, argument?: string): MigrationError {
  return new MigrationError('UsageError', {
    detail: `${detail} Usage: ${command.usage}`,
    command: commandWords(command.usage),
    ...(argument === undefined ? {} : { argument }),
  });
}

/** Runs a parsed command. */
export function runCommand(
  { command, args }: ParsedCommand,
  context: Parameters<Command['run']>[1],
): ReturnType<Command['run']> {
  return command.run(args, context);
}

const RANK: Readonly<Record<Permission, number>> = { view: 1, operate: 2, approve: 3 };

/** Whether a permission includes another: who may operate may look. */
export function includes(held: Permission, needed: Permission): boolean {
  return RANK[held] >= RANK[needed];
}
