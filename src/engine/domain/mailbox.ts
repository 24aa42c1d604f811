/** The words both sides of a migration share: folders, flags, messages. Adapters translate into these. */

/** Folders with a special meaning, in the words of IMAP SPECIAL-USE (RFC 6154) plus the inbox. */
export type SpecialUse = 'inbox' | 'sent' | 'drafts' | 'trash' | 'junk' | 'archive';

/** A folder of the source as LIST (with STATUS where the server can) shows it. */
export interface SourceFolder {
  /** The name as the server sends it (decoded from modified UTF-7): the key of everything stored about the folder. */
  readonly path: string;
  /** The path split at the server's own delimiter; "/" may be part of a name. */
  readonly segments: readonly string[];
  readonly specialUse?: SpecialUse;
  /** False for \Noselect and \NonExistent: a parent without messages. */
  readonly selectable: boolean;
  readonly status?: FolderStatus;
}

/** What STATUS or SELECT say about a folder. Equal values mean: nothing changed since. */
export interface FolderStatus {
  /** Decimal text: 32 bits today, compared only for equality. "0" when the server sends none. */
  readonly uidValidity: string;
  readonly uidNext: number;
  readonly exists: number;
  /** Decimal text of a 63-bit number; absent without CONDSTORE (RFC 7162). */
  readonly highestModseq?: string;
}

/** Flags as Exchange knows them. `keywords` are the IMAP keywords without system flags, as the server spells them. */
export interface MessageFlags {
  readonly read: boolean;
  readonly flagged: boolean;
  readonly answered: boolean;
  readonly forwarded: boolean;
  readonly draft: boolean;
  readonly keywords: readonly string[];
}

/** One message without its body. */
export interface MessageMeta {
  readonly uid: number;
  /** RFC822.SIZE in bytes; servers may be slightly wrong. */
  readonly size: number;
  /** INTERNALDATE in ms since 1970, UTC; undefined when the server sends nothing usable. */
  readonly internalDate?: number;
  readonly flags: MessageFlags;
}

/** Reads IMAP flags. \Deleted is not mail that is gone: it stays mail until it is expunged, so it is no flag for us. */
export function parseFlags(flags: Iterable<string>): MessageFlags {
  const seen = new Set<string>();
  const keywords: string[] = [];
  let forwarded = false;
  for (const flag of flags) {
    if (flag.startsWith('\\')) seen.add(flag.toLowerCase());
    else if (flag.toLowerCase() === '$forwarded') forwarded = true;
    else keywords.push(flag);
  }
  return {
    read: seen.has('\\seen'),
    flagged: seen.has('\\flagged'),
    answered: seen.has('\\answered'),
    forwarded,
    draft: seen.has('\\draft'),
    keywords: keywords.sort(),
  };
}

/** Flags as one short text, so that a ledger can store and compare them: `SFARD` and keywords. */
export function formatFlags(flags: MessageFlags): string {
  const letters = [
    flags.read ? 'S' : '',
    flags.flagged ? 'F' : '',
    flags.answered ? 'A' : '',
    flags.forwarded ? 'P' : '',
    flags.draft ? 'D' : '',
  ].join('');
  return [letters, ...flags.keywords].join(' ');
}

/** Reads what formatFlags wrote. */
export function parseFlagText(text: string): MessageFlags {
  const [letters = '', ...keywords] = text.split(' ');
  return {
    read: letters.includes('S'),
    flagged: letters.includes('F'),
    answered: letters.includes('A'),
    forwarded: letters.includes('P'),
    draft: letters.includes('D'),
    keywords: keywords.filter((keyword) => keyword !== ''),
  };
}
