import { ATTACHMENT_KINDS } from './mail/attachment-kinds.ts';
import { base64Supply } from './mail/base64-supply.ts';
import { composeMail } from './mail/compose-mail.ts';
import { FOLDER_TREES } from './mail/folder-trees.ts';
import type { GeneratedFolder, MailboxStyle } from './mail/folder-trees.ts';
import type { Kind } from './mail/kind.ts';
import { pickSubject } from './mail/letters.ts';
import { ODD_KINDS } from './mail/odd-kinds.ts';
import { pickFlags } from './mail/pick-flags.ts';
import { PROFILES } from './mail/profiles.ts';
import type { Profile, ProfileName } from './mail/profiles.ts';
import { seededRandom } from './mail/seeded-random.ts';
import type { Random } from './mail/seeded-random.ts';
import { STRUCTURED_KINDS } from './mail/structured-kinds.ts';
import { TEXT_KINDS } from './mail/text-kinds.ts';

export interface GeneratedMail {
  /** The mailbox it belongs to; also in its header `X-Owner`, unless it has no header. */
  readonly owner: string;
  readonly folder: readonly string[];
  /** The message with CRLF line ends. */
  readonly raw: Buffer;
  readonly flags: readonly string[];
  /** Whole seconds. */
  readonly internalDate: Date;
  /** What is special about it. */
  readonly kind: string;
}

export interface MailboxOptions {
  readonly owner: string;
  readonly seed: number;
  readonly mails: number;
  readonly profile: ProfileName;
  readonly style: MailboxStyle;
  /** The newest mail; everything lies in the 15 years before. */
  readonly until?: Date;
  /** Makes detached CMS signatures; without it signed mail has the right structure but a signature of no worth. */
  readonly sign?: (content: Buffer) => Buffer;
}

export interface GeneratedMailbox {
  readonly owner: string;
  readonly folders: readonly GeneratedFolder[];
  /** Made one by one while they are read; the same every time. */
  mails(): Generator<GeneratedMail>;
}

/** Every kind of mail there is. */
export const MAIL_KINDS: readonly Kind[] = [...TEXT_KINDS, ...ATTACHMENT_KINDS, ...STRUCTURED_KINDS, ...ODD_KINDS];

const FIFTEEN_YEARS = 15 * 365.25 * 24 * 3600;
const LAST_DAY = new Date('2026-10-31T18:00:00Z');
/** Above this size only mail with attachments is plausible. */
const LONGEST_TEXT_MAIL = 60_000;

/** A mailbox full of mail, the same for the same options: every kind once when there is room for it, then by weight. */
export function generateMailbox(options: MailboxOptions): GeneratedMailbox {
  const folders = FOLDER_TREES[options.style];
  return { owner: options.owner, folders, mails: () => generate(options, folders) };
}

function* generate(options: MailboxOptions, folders: readonly GeneratedFolder[]): Generator<GeneratedMail> {
  const { owner, mails } = options;
  const profile = PROFILES[options.profile];
  const random = seededRandom(`${options.seed} ${owner}`);
  const supply = base64Supply(random);
  const sign = options.sign ?? ((content) => Buffer.from(`not a signature of ${content.length} bytes`));
  const kindOf = kindsInTurn(random, profile, mails);
  const large = new Set(Array.from({ length: largeCount(profile, mails) }, () => random.whole(0, mails - 1)));
  let previous: GeneratedMail | undefined;
  let previousId = '';

  for (let number = 0; number < mails; number += 1) {
    const bytes = large.has(number) ? random.whole(profile.largeFrom, profile.largeTo) : pickSize(random, profile);
    const isRepeat = profile.varied && previous !== undefined && bytes < LONGEST_TEXT_MAIL && random.chance(0.004);
    if (isRepeat && previous !== undefined) {
      yield { ...previous, kind: 'exact duplicate' };
      continue;
    }
    const folder = pickWeighted(random, folders);
    const hasOldId = profile.varied && previousId !== '' && random.chance(0.004);
    const messageId = hasOldId ? previousId : `<${options.seed}.${number}.${random.whole(1, 1e9)}@contoso.example>`;
    const internalDate = pickDate(random, options.until ?? LAST_DAY);
    const kind = kindOf(number, bytes);
    let boundaries = 0;
    const boundary = (): string => `=_${number}_${(boundaries += 1)}_${random.whole(1, 1e9)}`;
    const draft = { random, supply, bytes, owner, subject: pickSubject(random), internalDate, sign, boundary };
    previous = {
      owner,
      folder: folder.path,
      raw: composeMail(kind, draft, messageId),
      flags: pickFlags(random, folder.role),
      internalDate,
      kind: hasOldId ? 'Message-ID used before' : kind.name,
    };
    previousId = messageId;
    yield previous;
  }
}

/** Chooses the kind of each mail by its number and size. */
function kindsInTurn(random: Random, profile: Profile, mails: number): (number: number, bytes: number) => Kind {
  const kinds = profile.varied ? MAIL_KINDS : TEXT_KINDS.slice(0, 1);
  const growing = kinds.filter((kind) => kind.grows === true);
  // Each kind gets one place of its own, as far as half of the places go.
  const reserved = new Map<number, Kind>();
  for (const kind of kinds.slice(0, profile.varied ? mails / 2 : 0)) {
    let place = random.whole(0, mails - 1);
    while (reserved.has(place)) place = (place + 1) % mails;
    reserved.set(place, kind);
  }
  return (number, bytes) => {
    if (bytes > LONGEST_TEXT_MAIL && growing.length > 0) return pickWeighted(random, growing);
    return reserved.get(number) ?? pickWeighted(random, kinds);
  };
}

function largeCount(profile: Profile, mails: number): number {
  return profile.oneLargeIn === 0 ? 0 : Math.round(mails / profile.oneLargeIn);
}

function pickSize(random: Random, profile: Profile): number {
  for (;;) {
    const size = random.logNormal(profile.median, profile.mean);
    if (size <= profile.largest) return Math.max(600, Math.round(size));
  }
}

/** More mail in the later years, whole seconds. */
function pickDate(random: Random, until: Date): Date {
  const age = Math.floor(FIFTEEN_YEARS * random.next() ** 1.5);
  return new Date((Math.floor(until.getTime() / 1000) - age) * 1000);
}

function pickWeighted<T extends { readonly weight: number }>(random: Random, list: readonly T[]): T {
  const total = list.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.next() * total;
  for (const item of list) {
    left -= item.weight;
    if (left < 0) return item;
  }
  throw new RangeError('Nothing has any weight');
}
