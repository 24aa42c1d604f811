import { badRequest } from './graph-reply.ts';

/** What a filter is asked about: a property by its path, a collection by its name. */
export interface Filterable {
  value(path: string): string | number | boolean | undefined;
  collection(name: string): readonly string[];
  property(id: string): string | undefined;
}

type Predicate = (item: Filterable) => boolean;

const TOKEN = /\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w./]*)|(-?\d[\w:.+-]*)|([():,]))/y;

/**
 * Reads the part of OData's $filter that mail programs use: and, or, not, comparisons, any() over proxyAddresses and over
 * extended properties (their name case-sensitive, their value not). Throws 400 for what Graph does not know either.
 */
export function parseFilter(text: string): Predicate {
  const tokens = tokenize(text);
  let at = 0;

  const peek = (): string | undefined => tokens[at];
  const next = (): string => {
    const token = tokens[at];
    if (token === undefined) throw invalid(text);
    at += 1;
    return token;
  };
  const expect = (wanted: string): void => {
    if (next().toLowerCase() !== wanted) throw invalid(text);
  };

  function or(): Predicate {
    let left = and();
    while (peek()?.toLowerCase() === 'or') {
      next();
      const [first, second] = [left, and()];
      left = (item) => first(item) || second(item);
    }
    return left;
  }

  function and(): Predicate {
    let left = unary();
    while (peek()?.toLowerCase() === 'and') {
      next();
      const [first, second] = [left, unary()];
      left = (item) => first(item) && second(item);
    }
    return left;
  }

  function unary(): Predicate {
    if (peek()?.toLowerCase() === 'not') {
      next();
      const inner = unary();
      return (item) => !inner(item);
    }
    if (peek() === '(') {
      next();
      const inner = or();
      expect(')');
      return inner;
    }
    const name = next();
    if (/\/any$/i.test(name)) return any(name.slice(0, -4));
    return comparison(name);
  }

  function any(collection: string): Predicate {
    expect('(');
    const variable = next();
    expect(':');
    if (collection === 'singleValueExtendedProperties') {
      const conditions = new Map<string, string>();
      for (;;) {
        const path = next();
        expect('eq');
        conditions.set(path.slice(variable.length + 1), literal(next()) as string);
        if (peek()?.toLowerCase() !== 'and') break;
        next();
      }
      expect(')');
      const id = conditions.get('id');
      const value = conditions.get('value');
      if (id === undefined || value === undefined) throw invalid(text);
      return (item) => item.property(id)?.toLowerCase() === value.toLowerCase();
    }
    if (next() !== variable) throw invalid(text);
    expect('eq');
    const wanted = String(literal(next()));
    expect(')');
    return (item) => item.collection(collection).some((each) => each.toLowerCase() === wanted.toLowerCase());
  }

  function comparison(path: string): Predicate {
    const operator = next().toLowerCase();
    const wanted = literal(next());
    const compare = COMPARE[operator];
    if (compare === undefined) throw invalid(text);
    return (item) => compare(folded(item.value(path)), folded(wanted));
  }

  const predicate = or();
  if (at < tokens.length) throw invalid(text);
  return predicate;
}

type Value = string | number | boolean | undefined;

const COMPARE: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  gt: (a, b) => a !== undefined && b !== undefined && a > b,
  ge: (a, b) => a !== undefined && b !== undefined && a >= b,
  lt: (a, b) => a !== undefined && b !== undefined && a < b,
  le: (a, b) => a !== undefined && b !== undefined && a <= b,
};

function folded(value: Value): Value {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function literal(token: string): Value {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (token === 'true' || token === 'false') return token === 'true';
  return /^-?\d+(\.\d+)?$/.test(token) ? Number(token) : token;
}

function tokenize(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const trimmed = text.trimEnd();
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (match === null) throw invalid(text);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
  }
  return tokens;
}

function invalid(text: string): Error {
  return badRequest('BadRequest', `Invalid filter clause: ${text.slice(0, 100)}`);
}
