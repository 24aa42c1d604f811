import {
  type AuditEntry,
  type AuditHead,
  EMPTY_CHAIN,
  type WithheldEntry,
  contentHash,
  isEarlierPlace,
  linkHash,
} from './audit-entry.ts';
import { canonicalJson } from './canonical-json.ts';

/** What is wrong with a chain, and at which entry. */
export interface ChainProblem {
  readonly seq: number;
  readonly text: string;
}

/** Reads a chain line by line; nothing of it is trusted. */
export interface ChainCheck {
  /** Takes the next line; answers its entry, unless it cannot be read or is withheld. */
  take(line: string): AuditEntry | undefined;
  /** Number and hash of the last entry, as far as the chain was read. */
  readonly head: AuditHead;
  readonly withheld: number;
  readonly problems: readonly ChainProblem[];
}

const HASH = /^[0-9a-f]{64}$/;

/**
 * Checks that every line is canonical, says what its hash says, and follows the one before. `complete` is the batch none
 * of whose entries may be withheld; without one, none at all may be.
 */
export function chainCheck(complete?: string): ChainCheck {
  const problems: ChainProblem[] = [];
  const counts = new Map<string | null, number>();
  let head: AuditHead = EMPTY_CHAIN;
  let withheld = 0;
  let lastEvent = '0-0';

  function problem(seq: number, text: string): void {
    problems.push({ seq, text });
  }

  function count(entry: AuditEntry): void {
    const expected = (counts.get(entry.batch) ?? 0) + 1;
    const isComplete = complete === undefined || entry.batch === complete;
    if (isComplete && entry.nth !== expected) {
      const missing =
        entry.nth > expected ? `${entry.nth - expected} before it are missing or withheld` : 'it is there twice';
      problem(
        entry.seq,
        `it is number ${entry.nth} of ${entry.batch ?? 'those without a batch'}, not ${expected}: ${missing}`,
      );
    }
    counts.set(entry.batch, entry.nth);
    if (!isEarlierPlace(lastEvent, entry.event)) problem(entry.seq, 'it is not in the order of the event log');
    lastEvent = entry.event;
  }

  function link({ seq, previous, hash }: AuditHead & { readonly previous: string }): void {
    const expected = head.seq + 1;
    if (seq > expected) problem(seq, gapText(expected, seq - 1));
    else if (seq < expected) problem(seq, `its number was there before; ${expected} was to come`);
    else if (previous !== head.hash) problem(seq, `it does not follow entry ${head.seq}: another one was before it`);
    head = { seq, hash };
  }

  return {
    get head() {
      return head;
    },
    get withheld() {
      return withheld;
    },
    problems,
    take(line) {
      const entry = readLine(line);
      if (entry === undefined) {
        const seq = head.seq + 1;
        problem(seq, 'it is not an entry in canonical JSON');
        // What comes after it is judged by itself.
        head = { seq, hash: '' };
        return undefined;
      }
      const content = 'content' in entry ? entry.content : contentHash(entry);
      if (linkHash({ ...entry, content }) !== entry.hash) problem(entry.seq, 'it is not what its hash says');
      // After an unreadable line nobody knows its hash.
      if (head.hash === '') head = { seq: head.seq, hash: entry.previous };
      link(entry);
      if ('content' in entry) {
        withheld += 1;
        if (complete === undefined) problem(entry.seq, 'what it says is withheld');
        return undefined;
      }
      count(entry);
      return entry;
    },
  };
}

function gapText(from: number, to: number): string {
  return from === to ? `entry ${from} before it is missing` : `entries ${from} to ${to} before it are missing`;
}

function readLine(line: string): AuditEntry | WithheldEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
    if (canonicalJson(value) !== line) return undefined;
  } catch {
    return undefined;
  }
  return isWithheld(value) || isEntry(value) ? value : undefined;
}

function isWithheld(value: unknown): value is WithheldEntry {
  return isLink(value) && Object.keys(value).length === 4 && isHash(Reflect.get(value, 'content'));
}

const OF_ENTRY = ['at', 'batch', 'by', 'details', 'event', 'hash', 'nth', 'planHash', 'previous', 'seq', 'type'];

function isEntry(value: unknown): value is AuditEntry {
  if (!isLink(value) || Object.keys(value).join() !== OF_ENTRY.join()) return false;
  const [at, batch, by, details, event, , nth, planHash, , , type]: readonly unknown[] = Object.values(value);
  return (
    [at, type].every((each) => typeof each === 'string') &&
    [batch, planHash].every((each) => each === null || typeof each === 'string') &&
    (by === null || isActor(by)) &&
    typeof details === 'object' &&
    details !== null &&
    typeof event === 'string' &&
    /^\d{1,20}-\d{1,20}$/.test(event) &&
    Number.isSafeInteger(nth)
  );
}

function isLink(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const seq: unknown = Reflect.get(value, 'seq');
  return Number.isSafeInteger(seq) && isHash(Reflect.get(value, 'previous')) && isHash(Reflect.get(value, 'hash'));
}

function isActor(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string');
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && HASH.test(value);
}
