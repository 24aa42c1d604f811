import { badRequest } from '../graph/graph-error.ts';
import type { GraphRequest } from '../graph/graph-call.ts';
import { parseFilter } from './filter.ts';
import type { Filter } from './filter.ts';

/** System query options of a request, read and checked. */
export interface QueryOptions {
  readonly select: ReadonlySet<string> | undefined;
  readonly filter: Filter | undefined;
  readonly expand: readonly Expansion[];
  readonly orderBy: { readonly property: readonly string[]; readonly descending: boolean } | undefined;
  readonly top: number;
  readonly skip: number;
  readonly count: boolean;
}

/** `attachments($select=id,name)`, `singleValueExtendedProperties($filter=id eq '..' or id eq '..')`. */
export interface Expansion {
  readonly property: string;
  readonly options: ReadonlyMap<string, string>;
}

const KNOWN = [
  '$select',
  '$filter',
  '$expand',
  '$orderby',
  '$top',
  '$skip',
  '$count',
  '$skiptoken',
  '$deltatoken',
  '$format',
];
const DEFAULT_PAGE = 10;
const MAX_PAGE = 1000;

/** Reads the options of a list or an entity. Throws 400 for unknown or malformed ones. */
export function readQueryOptions({ query, headers }: GraphRequest): QueryOptions {
  for (const name of query.keys()) {
    if (name.startsWith('$') && !KNOWN.includes(name.toLowerCase()))
      throw badRequest(`The query parameter '${name}' is not supported.`);
  }
  const select = query.get('$select');
  const filter = query.get('$filter');
  const maxPageSize = /odata\.maxpagesize\s*=\s*(\d+)/i.exec(headers['prefer'] ?? '')?.[1];
  return {
    select: select === null ? undefined : new Set(select.split(',').map((name) => name.trim())),
    filter: filter === null ? undefined : parseFilter(filter),
    expand: readExpand(query.get('$expand') ?? ''),
    orderBy: readOrder(query.get('$orderby')),
    top: readNumber(query, '$top', 1, MAX_PAGE) ?? Math.min(Number(maxPageSize ?? DEFAULT_PAGE), MAX_PAGE),
    skip: readNumber(query, '$skip', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    count: query.get('$count') === 'true',
  };
}

/** The URL of a request with some query options replaced; undefined removes one. */
export function linkWith(
  origin: string,
  request: GraphRequest,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const query = new URLSearchParams(request.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name);
    else query.set(name, value);
  }
  // Clients take these links as they are: spaces as %20, and the "$" left readable, as Graph writes them.
  const text = query.toString().replaceAll('+', '%20').replaceAll('%24', '$');
  return `${origin}${request.target.split('?')[0] ?? ''}${text === '' ? '' : `?${text}`}`;
}

function readNumber(query: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw badRequest(`The value '${text}' of ${name} must be between ${least} and ${most}.`);
  return value;
}

function readOrder(text: string | null): QueryOptions['orderBy'] {
  const [property, direction] = (text ?? '').split(',')[0]?.trim().split(/\s+/) ?? [];
  return property === undefined || property === ''
    ? undefined
    : { property: property.split('/'), descending: direction?.toLowerCase() === 'desc' };
}

function readExpand(text: string): readonly Expansion[] {
  return splitOutside(text, ',').map((part) => {
    const [, property = part, inner = ''] = /^\s*([\w/]+)\s*(?:\((.*)\))?\s*$/s.exec(part) ?? [];
    if (!/^[\w/]+$/.test(property)) throw badRequest(`Parsing OData Select and Expand failed: '${part}'.`);
    const options = splitOutside(inner, ';').map(
      (option) => [option.split('=')[0]?.trim() ?? '', option.slice(option.indexOf('=') + 1)] as const,
    );
    return { property, options: new Map(options) };
  });
}

/** Splits at a sign, but not within brackets or quotes. */
function splitOutside(text: string, sign: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  let quoted = false;
  for (const character of text) {
    if (character === "'") quoted = !quoted;
    if (!quoted && character === '(') depth += 1;
    if (!quoted && character === ')') depth -= 1;
    if (character === sign && depth === 0 && !quoted) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return part.trim() === '' ? parts : [...parts, part];
}
