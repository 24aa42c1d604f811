import type { FindingCode } from './findings.ts';
import type { Pair } from './pair-messages.ts';

type Difference = readonly [code: FindingCode, detail: string];

const LONGEST_SUBJECT = 255;

/** Everything in which an item is not what its message is. */
export function comparePair({ source, target }: Pair, owner: string): readonly Difference[] {
  const differences: Difference[] = [];
  const expect = (isRight: boolean, code: FindingCode, detail: string): void => {
    if (!isRight) differences.push([code, detail]);
  };
  if (target.rawHash === undefined) differences.push(...compareContent({ source, target }));
  // What came by IMAP is there as bytes: the reading Exchange gives them is Exchange's own.
  else expect(target.rawHash === source.rawHash, 'bytes-changed', `${source.size} bytes are not the same`);
  expect(
    source.internalDate === target.receivedAt,
    'wrong-received-date',
    dates(target.receivedAt, source.internalDate),
  );

  for (const [flag, isSet] of [
    ['\\Seen', target.isRead],
    ['\\Flagged', target.isFlagged],
    ['\\Answered', target.isAnswered],
    ['\\Draft', target.isDraft],
  ] as const) {
    expect(source.flags.has(flag) === isSet, 'wrong-flags', `${flag} is ${isSet ? 'set' : 'not set'}`);
  }
  expect(target.owner === undefined || target.owner === owner, 'wrong-owner', `a mail of ${target.owner}`);
  return differences;
}

function compareContent({ source, target }: Pick<Pair, 'source' | 'target'>): readonly Difference[] {
  const differences: Difference[] = [];
  const expect = (isRight: boolean, code: FindingCode, detail: string): void => {
    if (!isRight) differences.push([code, detail]);
  };
  expect(
    isSameSubject(source.subject ?? '', target.subject),
    'wrong-subject',
    `"${target.subject}" for "${source.subject}"`,
  );
  expect(source.from === undefined || source.from === target.from, 'wrong-sender', `${target.from} for ${source.from}`);
  expect(
    isSameId(source.messageId, target.messageId),
    'wrong-message-id',
    `${target.messageId} for ${source.messageId}`,
  );
  expect(
    source.date === undefined || source.date === target.sentAt,
    'wrong-sent-date',
    dates(target.sentAt, source.date ?? 0),
  );

  const hasText = source.texts.length === 0 || source.texts.some((text) => target.text.includes(text));
  expect(hasText || isKeptWhole(source, target), 'body-lost', 'the text of the mail is not there');
  return [...differences, ...compareAttachments({ source, target })];
}

function compareAttachments({ source, target }: Pick<Pair, 'source' | 'target'>): readonly Difference[] {
  if (isKeptWhole(source, target)) return [];
  const differences: Difference[] = [];
  const wanted = Map.groupBy(source.parts, ({ hash }) => hash);
  for (const [hash, parts] of wanted) {
    const required = parts.filter(({ isRequired }) => isRequired).length;
    const found = target.attachments.filter(
      ({ exactHash, lineHash }) => hash === exactHash || hash === lineHash,
    ).length;
    const part = `${parts[0]?.type}, ${parts[0]?.size} bytes`;
    if (found < required) differences.push(['attachment-lost', `${part}: ${found} of ${required}`]);
    if (found > parts.length) differences.push(['attachment-doubled', `${part}: ${found} instead of ${parts.length}`]);
  }
  // Inner messages come back as items or as .eml files that need not be the same bytes.
  const others = target.attachments.filter(
    ({ exactHash, lineHash }) => !wanted.has(exactHash) && !wanted.has(lineHash),
  ).length;
  if (others < source.innerMessages)
    differences.push(['attachment-lost', `message/rfc822: ${others} of ${source.innerMessages}`]);
  return differences;
}

/** Signed mail may be kept as one attachment that is the whole signed entity (MS-OXOSMIME, 2.1.3.1). */
function isKeptWhole(source: Pair['source'], target: Pair['target']): boolean {
  const isSigned = source.parts.some(({ type }) => type === 'application/pkcs7-signature');
  const content = source.parts.reduce((sum, { size }) => sum + size, 0);
  return isSigned && target.attachments.length === 1 && (target.attachments[0]?.size ?? 0) >= content;
}

function isSameSubject(source: string, target: string): boolean {
  const plain = target.replaceAll(/\s+/g, ' ').trim();
  return plain === source || (plain.length >= LONGEST_SUBJECT - 1 && source.startsWith(plain.replace(/…$/, '')));
}

/** Exchange gives an id to mail that has none. */
function isSameId(source: string | undefined, target: string | undefined): boolean {
  return source === undefined || !/^<[^<>\s]+@[^<>\s]+>$/.test(source) || source === target;
}

function dates(target: number, source: number): string {
  return `${new Date(target * 1000).toISOString()} for ${new Date(source * 1000).toISOString()}`;
}
