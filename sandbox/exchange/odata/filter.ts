import { badRequest } from '../graph/graph-error.ts';
import { tokenize } from './tokens.ts';
import type { Token } from './tokens.ts';

/** A $filter expression. Paths are lists of names; dates are ms since 1970 UTC. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'call'; readonly name: TextFunction; readonly args: readonly Operand[] }
  | { readonly kind: 'any'; readonly path: readonly string[]; readonly variable: string; readonly where: Filter };

export type Operand =
  | { readonly kind: 'path'; readonly path: readonly string[] }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null; readonly isDate: boolean }
  | { readonly kind: 'cast'; readonly operand: Operand };

const COMPARISONS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
export type Comparison = (typeof COMPARISONS)[number];
const TEXT_FUNCTIONS = ['startswith', 'endswith', 'contains'] as const;
export type TextFunction = (typeof TEXT_FUNCTIONS)[number];

/** Parses a $filter. Throws 400 "Invalid filter clause" for what the grammar does not know. */
export function parseFilter(text: string): Filter {
  const parser = new FilterParser(tokenize(text));
  const filter = parser.disjunction();
  parser.expectEnd();
  return filter;
}

class FilterParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  disjunction(): Filter {
    return this.#joined('or', () => this.#joined('and', () => this.#term()));
  }

  expectEnd(): void {
    if (this.#at < this.#tokens.length) throw badRequest('Invalid filter clause: text is left over at its end.');
  }

  #joined(word: 'and' | 'or', part: () => Filter): Filter {
    const first = part();
    const parts = [first];
    while (this.#takeWord(word)) parts.push(part());
    return parts.length === 1 ? first : { kind: word, parts };
  }

  #term(): Filter {
    if (this.#takeWord('not')) return { kind: 'not', part: this.#term() };
    if (this.#takeSign('(')) {
      const inner = this.disjunction();
      this.#expectSign(')');
      return inner;
    }
    const next = this.#tokens[this.#at];
    const isCall = next?.kind === 'word' && this.#isSign(this.#at + 1, '(');
    if (isCall && next.text.toLowerCase().endsWith('/any')) return this.#any(next.text);
    const call = isCall ? TEXT_FUNCTIONS.find((name) => name === next.text.toLowerCase()) : undefined;
    return call ? this.#call(call) : this.#comparison();
  }

  /** `collection/any(x: ...)`, in any case of "any". */
  #any(word: string): Filter {
    this.#at += 2;
    const variable = this.#word();
    this.#expectSign(':');
    const where = this.disjunction();
    this.#expectSign(')');
    return { kind: 'any', path: word.split('/').slice(0, -1), variable, where };
  }

  #call(name: TextFunction): Filter {
    this.#at += 2;
    const args = [this.#operand()];
    while (this.#takeSign(',')) args.push(this.#operand());
    this.#expectSign(')');
    return { kind: 'call', name, args };
  }

  #comparison(): Filter {
    const left = this.#operand();
    const word = this.#tokens[this.#at];
    const operator = word?.kind === 'word' ? COMPARISONS.find((known) => known === word.text.toLowerCase()) : undefined;
    // A boolean property may stand alone: `isRead`.
    if (!operator)
      return { kind: 'compare', operator: 'eq', left, right: { kind: 'literal', value: true, isDate: false } };
    this.#at += 1;
    return { kind: 'compare', operator, left, right: this.#operand() };
  }

  #operand(): Operand {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token?.kind === 'string') return { kind: 'literal', value: token.text, isDate: false };
    if (token?.kind === 'number') return { kind: 'literal', value: token.value, isDate: false };
    if (token?.kind === 'date') return { kind: 'literal', value: token.ms, isDate: true };
    if (token?.kind !== 'word') throw badRequest('Invalid filter clause: a property or a value is missing.');
    if (token.text === 'true' || token.text === 'false')
      return { kind: 'literal', value: token.text === 'true', isDate: false };
    if (token.text === 'null') return { kind: 'literal', value: null, isDate: false };
    if (token.text === 'cast' && this.#takeSign('(')) {
      const operand = this.#operand();
      this.#expectSign(',');
      this.#word();
      this.#expectSign(')');
      return { kind: 'cast', operand };
    }
    return { kind: 'path', path: token.text.split('/') };
  }

  #word(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word') throw badRequest('Invalid filter clause: a name is missing.');
    this.#at += 1;
    return token.text;
  }

  #takeWord(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #takeSign(sign: string): boolean {
    if (!this.#isSign(this.#at, sign)) return false;
    this.#at += 1;
    return true;
  }

  #expectSign(sign: string): void {
    if (!this.#takeSign(sign)) throw badRequest(`Invalid filter clause: '${sign}' is missing.`);
  }

  #isSign(at: number, sign: string): boolean {
    const token = this.#tokens[at];
    return token?.kind === 'sign' && token.text === sign;
  }
}
