import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../src');
/** Whose words may reach a card: everybody's who can fail or say what was found. */
const FOLDERS = ['engine', 'imap', 'exchange', 'smtp', 'store', 'queue', 'record', 'bot'];

/** Files whose words nobody reads in a chat, and what they are. */
const ELSEWHERE: readonly (readonly [file: RegExp, what: string])[] = [
  [/engine\/domain\/(failure|csv-problems)\.ts$/, 'tables, each with German beside it and a test of its own'],
  [/engine\/domain\/(verify-pack|verify-record|record-manifest)\.ts$/, 'what verify-record says, on a terminal'],
  [
    /record\/(read-record|unzip|verify-audit|verify-command|signing-key)\.ts$/,
    'what verify-record says, on a terminal',
  ],
  [/engine\/domain\/(special-folders|folder-plan|categories|marker)\.ts$/, 'names of folders and properties'],
  [/engine\/sync\/match-folders\.ts$/, 'names of folders'],
  [/engine\/domain\/(stand-in|probe)\.ts$/, 'mails of our own, in two languages or to administrators'],
  [/engine\/domain\/canonical-json\.ts$/, 'errors of programs'],
  [/store\/(open-redis|credential-vault)\.ts$/, 'what is said at the start, on a terminal'],
  [/store\/.*(scripts|schema|rows)\.ts$/, 'Lua and SQL'],
  [/bot\/commands\//, 'words of commands: German has a table of them, and the test asks each for what it expects'],
  [/bot\/upload\//, 'the upload page has texts of its own in both languages'],
];

/** Lines that are for programs or logs. */
const FOR_PROGRAMS =
  /^import |\blog\.(info|warn|error)|new (Type|Range)?Error\(|\$filter| eq '| ge |\b(PRAGMA|SELECT|BEGIN|INSERT|UPDATE|DELETE|JOIN|ORDER|AS|RCPT|MAIL) /;
const LITERAL = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;
/** What the code puts in. */
const VALUE = /\$\{(?:[^{}]|\{[^{}]*\})*\}/g;
const WORDS = /[A-Za-z]{2,}[,;:]? [A-Za-z]+/;
/** One word is a phrase where a reason is given. */
const REASON = /(?:\bdetail: |\.run\(|failed\(|outdated\(|refusal\()['`]([a-z]+)['`]/;

export interface EnginePhrase {
  readonly file: string;
  /** With {1}, {2} for what the code puts in. */
  readonly text: string;
}

/** Every phrase in the code that may become part of a sentence in a chat. */
export function enginePhrases(): readonly EnginePhrase[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name}`)
      .filter((file) => file.endsWith('.ts') && !ELSEWHERE.some(([each]) => each.test(file)))
      .flatMap((file) => phrasesOf(readFileSync(join(ROOT, file), 'utf8')).map((text) => ({ file, text }))),
  );
}

function phrasesOf(code: string): readonly string[] {
  const lines = code
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)\/\/ .*$/, ''));
  return lines
    .filter((line) => !FOR_PROGRAMS.test(line))
    .flatMap((line) =>
      [...line.matchAll(LITERAL)].map(([, plain, template]) => ({ line, text: plain ?? template ?? '' })),
    )
    .map(({ line, text }) => ({ line, text: placed(text.replaceAll(String.raw`\'`, "'")) }))
    .filter(({ line, text }) => WORDS.test(text.replaceAll(/\{\d\}/g, '')) || REASON.exec(line)?.[1] === text)
    .map(({ text }) => text);
}

function placed(text: string): string {
  let at = 0;
  return text.replaceAll(VALUE, () => `{${(at += 1)}}`);
}
