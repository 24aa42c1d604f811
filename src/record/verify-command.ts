import { type RecordVerdict, verifyRecord } from '../engine/domain/verify-record.ts';
import { readRecord } from './read-record.ts';
import { BadArchive } from './unzip.ts';
import { isAuditFolder, verifyAuditFolder } from './verify-audit.ts';

interface Streams {
  out(text: string): void;
  error(text: string): void;
}

const USAGE = `usage: bellhop verify-record <folder or .zip> [key=<fingerprint>] [since=<older record>] [--json]
Checks the signed record of a batch, or a folder audit/ of BELLHOP_DATA: without a server, configuration or keys.
  key=    the fingerprint Bellhop showed in chat when it wrote the record
  since=  an older record of the same Bellhop, which this one has to continue`;

const MOST_LINES = 200;

/** `bellhop verify-record`: 0 unchanged, 1 not, 2 not understood. */
export async function verifyRecordCommand(argv: readonly string[], streams: Streams): Promise<0 | 1 | 2> {
  const json = argv.includes('--json');
  const words = argv.filter((word) => word !== '--json');
  const named = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const [path, ...more] = words.filter((word) => !/^(key|since)=/.test(word));
  // As people copy it: with blanks, colons, or the break marks of a card.
  const key = named('key')
    ?.replaceAll(/[\s:\u200b]/g, '')
    .toLowerCase();
  const older = named('since');
  if (path === undefined || more.length > 0 || (key !== undefined && !/^[0-9a-f]{64}$/.test(key))) {
    streams.error(key === undefined ? USAGE : `${USAGE}\nA fingerprint has 64 hexadecimal digits.`);
    return 2;
  }
  let verdict: RecordVerdict;
  try {
    verdict = await judge(path, key, older);
  } catch (error) {
    if (!(error instanceof BadArchive)) throw error;
    streams.error(
      json
        ? JSON.stringify({ unchanged: false, problems: [{ file: path, text: error.message }] })
        : `REFUSED: ${printable(error.message)}.`,
    );
    return 1;
  }
  const unchanged = verdict.problems.length === 0;
  if (json) streams.out(JSON.stringify({ unchanged, ...verdict }, undefined, 2));
  else if (unchanged) streams.out(summary(verdict, key !== undefined));
  else streams.error(complaint(verdict));
  return unchanged ? 0 : 1;
}

async function judge(path: string, key: string | undefined, older: string | undefined): Promise<RecordVerdict> {
  if (await isAuditFolder(path)) return verifyAuditFolder(path, key);
  const record = await readRecord(path);
  const since = older === undefined ? undefined : await readRecord(older);
  return verifyRecord(record.files, record.strays, {
    ...(key === undefined ? {} : { key }),
    ...(since === undefined ? {} : { since: since.files }),
  });
}

function summary(verdict: RecordVerdict, pinned: boolean): string {
  const { batch, createdAt, createdBy, fingerprint, chain, entries, withheld, users, messages } = verdict;
  return [
    batch === undefined
      ? 'UNCHANGED: the audit chain.'
      : `UNCHANGED: the record of "${batch}", written ${createdAt} by ${createdBy}.`,
    `  signed with   ${fingerprint}`,
    `  audit chain   ${chain?.seq} entries without a gap${batch === undefined ? '' : `, ${entries} of this batch, ${withheld} of others withheld`}`,
    `                ends in ${chain?.hash}`,
    ...(users === undefined
      ? []
      : [`  books         ${users} users, ${messages} messages at the source, each of them accounted for`]),
    ...(pinned ? [] : ['Compare the key with the one Bellhop showed in chat, or give it here: key=<fingerprint>']),
  ].join('\n');
}

function complaint({ problems, batch }: RecordVerdict): string {
  const lines = problems
    .slice(0, MOST_LINES)
    .map(
      ({ file, where, text }) =>
        `  ${printable(file)}${where === undefined ? '' : `, ${printable(where)}`}: ${printable(text)}`,
    );
  const more = problems.length > MOST_LINES ? [`  ... ${problems.length - MOST_LINES} more`] : [];
  const of =
    batch === undefined
      ? 'This is not an unchanged record'
      : `The record of "${printable(batch)}" is not what was signed`;
  return [`CHANGED: ${of}; ${problems.length} problem${problems.length === 1 ? '' : 's'}:`, ...lines, ...more].join(
    '\n',
  );
}

// What a stranger's file says goes to a terminal.
function printable(text: string): string {
  return text.slice(0, 300).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}
