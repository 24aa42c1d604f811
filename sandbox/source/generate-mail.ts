import { MAIL_KINDS } from './mail-kinds.ts';
import { type Random, seededRandom } from './random.ts';

/** One mail to be put into a source mailbox. */
export interface GeneratedMail {
  /** Folder names from the top, INBOX alone for the inbox. */
  readonly folder: readonly string[];
  readonly raw: Buffer;
  readonly flags: readonly string[];
  readonly internalDate: Date;
}

export interface MailProfile {
  readonly owner: string;
  readonly count: number;
  readonly seed: number;
  /** Median size in bytes; with sigma 1.75 the mean is about 4.6 times that. */
  readonly medianSize: number;
  readonly largest?: number;
}

/** Folders and how much of the mail is in them. Names are Dovecot's; "Papierkorb" and its like carry SPECIAL-USE there. */
export const FOLDERS: readonly (readonly [path: readonly string[], weight: number])[] = [
  [['INBOX'], 34], [['Sent'], 16], [['Drafts'], 1], [['Trash'], 3], [['Junk'], 2], [['Archiv', '2019'], 8], [['Archiv', '2020'], 8],
  [['Archiv', '2021', 'Größere Projekte'], 5], [['Kunden', 'Müller & Söhne'], 6], [['Kunden', 'Ångström'], 3], [['Projekte'], 5],
  [['Projekte', '日本語'], 2], [['100% *Rabatt*'], 1], [['Rechnungen (offen)'], 3], [['Tief', 'a', 'b', 'c', 'd'], 2], [['Leer'], 0],
]; // prettier-ignore

const NEWEST = Date.UTC(2026, 9, 31);
const FIFTEEN_YEARS = 15 * 365 * 86_400_000;

/** A mailbox's mail, oldest first, the same for the same profile. */
export function* generateMail({
  owner,
  count,
  seed,
  medianSize,
  largest = 12_000_000,
}: MailProfile): Generator<GeneratedMail> {
  const random = seededRandom(seed);
  let previous: GeneratedMail | undefined;
  for (let number = 1; number <= count; number += 1) {
    // Now and then the same mail twice in one folder: two copies are two mails.
    if (previous !== undefined && random.chance(0.002)) {
      yield previous;
      continue;
    }
    const date = new Date(NEWEST - FIFTEEN_YEARS + Math.floor((FIFTEEN_YEARS / (count + 1)) * number));
    const size = Math.min(largest, Math.max(300, random.logNormal(medianSize, 1.75)));
    const kind = weighted(random, MAIL_KINDS);
    const raw =
      number === 3
        ? Buffer.from('\r\nneither headers nor sender\r\n')
        : encode(kind({ owner, number, date, size, random }));
    const folder = weighted(random, FOLDERS);
    const flags = flagsOf(random, folder);
    previous = { folder, raw, flags, internalDate: new Date(date.getTime() + random.int(90) * 1000) };
    yield previous;
  }
}

// Parts that claim ISO-8859-1 are written in it; everything else is UTF-8.
function encode(text: string): Buffer {
  if (!text.includes('charset=iso-8859-1')) return Buffer.from(text);
  const end = text.indexOf('\r\n\r\n');
  return Buffer.concat([Buffer.from(text.slice(0, end)), Buffer.from(text.slice(end), 'latin1')]);
}

function flagsOf(random: Random, folder: readonly string[]): readonly string[] {
  const flags: string[] = [];
  if (random.chance(0.8)) flags.push('\\Seen');
  if (random.chance(0.05)) flags.push('\\Flagged');
  if (random.chance(0.12)) flags.push('\\Answered');
  if (random.chance(0.01)) flags.push('\\Deleted');
  if (folder[0] === 'Drafts') flags.push('\\Draft');
  if (random.chance(0.03)) flags.push('$Forwarded');
  if (random.chance(0.03)) flags.push('$Label1');
  if (random.chance(0.02)) flags.push('Projekt-Nord');
  return flags;
}

function weighted<Item>(random: Random, items: readonly (readonly [Item, number])[]): Item {
  let rest = random.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [item, weight] of items) {
    rest -= weight;
    if (rest < 0) return item;
  }
  throw new RangeError('There is nothing to pick from.');
}
