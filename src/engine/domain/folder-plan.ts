import { createHash } from 'node:crypto';
import type { SourceFolder, SpecialUse } from './mailbox.ts';

/** Where a source folder goes: below a well-known folder of Exchange, or below the root of the mailbox. */
export interface FolderRoute {
  readonly source: SourceFolder;
  /** The well-known folder that holds it; undefined for the root. */
  readonly anchor: SpecialUse | undefined;
  /** Names below the anchor; empty when the anchor itself is the target. */
  readonly names: readonly string[];
  readonly excluded: boolean;
  /** True when a name had to be changed for Exchange. */
  readonly renamed: boolean;
}

export interface FolderPolicy {
  readonly trash: 'copy' | 'skip';
  /** Patterns on the path with "/" between names: `*` stands for anything, `Name/*` for a folder with all below it. */
  readonly exclude: readonly string[];
}

/**
 * The plan of all folders. Special folders meet their well-known counterparts whatever their language; everything else
 * keeps its place and name. "/" is an ordinary character in Exchange's display names and stays. Order: the folders
 * people look into first.
 */
export function planFolders(folders: readonly SourceFolder[], policy: FolderPolicy): readonly FolderRoute[] {
  const specials = folders.filter((folder) => folder.specialUse !== undefined);
  const routes = folders.map((source) => routeOf(source, specials, policy));
  const given = new GivenNames(routes);
  return routes
    .sort((a, b) => RANK.indexOf(a.anchor) - RANK.indexOf(b.anchor) || a.source.path.localeCompare(b.source.path, 'en'))
    .map((route) => withUniqueNames(route, given));
}

const RANK: readonly (SpecialUse | undefined)[] = ['inbox', 'sent', 'drafts', undefined, 'archive', 'trash', 'junk'];

function routeOf(source: SourceFolder, specials: readonly SourceFolder[], policy: FolderPolicy): FolderRoute {
  const special = nearestSpecial(source, specials);
  const below = special === undefined ? source.segments : source.segments.slice(special.segments.length);
  const names = below.map((name, depth) => exchangeName(name, depth === 0 && special === undefined));
  const excluded =
    (policy.trash === 'skip' && special?.specialUse === 'trash') ||
    policy.exclude.some((pattern) => isExcludedBy(source, special, pattern));
  const renamed = names.some((name, at) => name !== below[at]);
  return { source, anchor: special?.specialUse, names, excluded, renamed };
}

// The folder itself or its closest ancestor with a special use: "Sent/2019" goes into Sent Items.
function nearestSpecial(folder: SourceFolder, specials: readonly SourceFolder[]): SourceFolder | undefined {
  const holders = specials.filter((special) => isPrefix(special.segments, folder.segments));
  return holders.sort((a, b) => b.segments.length - a.segments.length)[0];
}

function isPrefix(prefix: readonly string[], names: readonly string[]): boolean {
  return prefix.length <= names.length && prefix.every((name, at) => name === names[at]);
}

/** Names Exchange keeps for itself at the top of a mailbox, in English, German, French and Spanish, lower case. */
const RESERVED = new Set([
  'inbox', 'posteingang', 'outbox', 'postausgang', 'calendar', 'kalender', 'contacts', 'kontakte', 'tasks', 'aufgaben',
  'journal', 'notes', 'notizen', 'sync issues', 'synchronisierungsprobleme', 'conversation history', 'aufgezeichnete unterhaltungen',
  'rss feeds', 'rss-feeds', 'files', 'recoverable items', 'search folders', 'suchordner', 'boîte de réception',
  "boîte d'envoi", 'calendrier', 'tâches', 'problèmes de synchronisation', 'historique des conversations', 'flux rss',
  'dossiers de recherche', 'bandeja de entrada', 'bandeja de salida', 'calendario', 'contactos', 'tareas', 'diario', 'notas',
  'problemas de sincronización', 'historial de conversaciones', 'fuentes rss', 'carpetas de búsqueda',
]); // prettier-ignore

const LONGEST_NAME = 255;

/** A name as Exchange takes it: no control characters, no blanks around, at most 255 characters, none of the reserved names. */
export function exchangeName(name: string, topLevel: boolean): string {
  // oxlint-disable-next-line no-control-regex -- control characters are exactly what is replaced
  const clean = name.replaceAll(/[\u0000-\u001f\u007f]/g, '_').trim() || '_';
  const short = clean.length <= LONGEST_NAME ? clean : `${cut(clean, LONGEST_NAME - 9)} ${digest(name)}`;
  return topLevel && RESERVED.has(short.normalize('NFC').toLowerCase()) ? `${short}_` : short;
}

/** At most so many UTF-16 units, never half an emoji. */
function cut(text: string, length: number): string {
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return text.slice(0, end);
}

function digest(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 8);
}

/** The names the folders of a mailbox were given, each below the name its parent was given. */
class GivenNames {
  readonly #byPlace = new Map<string, string>();
  readonly #taken = new Set<string>();
  /** Names folders have already, by the place of their parent: a number is never added so that it takes one of these. */
  readonly #wanted = new Map<string, Set<string>>();

  constructor(routes: readonly FolderRoute[]) {
    for (const { source, names } of routes) {
      const last = names.at(-1);
      if (last === undefined) continue;
      const parent = source.segments.slice(0, -1).join('\n');
      this.#wanted.set(parent, (this.#wanted.get(parent) ?? new Set()).add(folded([last])));
    }
  }

  /** The name of the source folder at a place; `parents` are the given names above it. */
  of(place: readonly string[], wanted: string, parents: readonly string[]): string {
    const known = this.#byPlace.get(place.join('\n'));
    if (known !== undefined) return known;
    let name = wanted;
    const siblings = this.#wanted.get(place.slice(0, -1).join('\n'));
    const isTaken = (): boolean =>
      this.#taken.has(folded([...parents, name])) || (name !== wanted && siblings?.has(folded([name])) === true);
    for (let n = 2; isTaken(); n += 1) {
      const suffix = ` (${n})`;
      name = cut(wanted, LONGEST_NAME - suffix.length) + suffix;
    }
    this.#taken.add(folded([...parents, name]));
    this.#byPlace.set(place.join('\n'), name);
    return name;
  }
}

// Exchange compares names without case and normalised; two source folders must not fall into one by that, nor their children.
function withUniqueNames(route: FolderRoute, given: GivenNames): FolderRoute {
  const anchor = route.anchor ?? '';
  const names: string[] = [];
  const above = route.source.segments.length - route.names.length;
  for (const [depth, name] of route.names.entries()) {
    names.push(given.of(route.source.segments.slice(0, above + depth + 1), name, [anchor, ...names]));
  }
  return names.every((name, at) => name === route.names[at]) ? route : { ...route, names, renamed: true };
}

function folded(names: readonly string[]): string {
  return names.join('\n').normalize('NFC').toLowerCase();
}

/** Well-known names of New-MigrationBatch -ExcludeFolders that mail can lie in. */
const WELL_KNOWN: Readonly<Record<string, SpecialUse>> = {
  inbox: 'inbox',
  sentitems: 'sent',
  drafts: 'drafts',
  deleteditems: 'trash',
  junkemail: 'junk',
  archive: 'archive',
};

/** `#SentItems#` means that folder in any language, `#SentItems#/*` all below it too; `\#` is a plain number sign. */
function isExcludedBy(source: SourceFolder, special: SourceFolder | undefined, pattern: string): boolean {
  const [, name = '', below] = /^#(\w+)#(\/\*)?$/.exec(pattern.trim()) ?? [];
  const use = WELL_KNOWN[name.toLowerCase()];
  if (use === undefined) return matchesPattern(source.segments.join('/'), pattern.replaceAll('\\#', '#'));
  return special?.specialUse === use && (below !== undefined || source.specialUse === use);
}

/** Whether a path ("/" between names) matches an exclusion, without regard to case (New-MigrationBatch -ExcludeFolders). */
export function matchesPattern(path: string, pattern: string): boolean {
  const name = path.normalize('NFC').toLowerCase();
  const rule = pattern.normalize('NFC').toLowerCase();
  if (rule.endsWith('/*') && matchesWildcard(name, rule.slice(0, -2))) return true;
  return matchesWildcard(name, rule);
}

// Linear: each literal piece between stars is looked for once, in order.
function matchesWildcard(text: string, rule: string): boolean {
  const pieces = rule.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return text === rule;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
