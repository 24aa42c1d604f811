import { badRequest } from '../graph/graph-error.ts';
import type { Comparison, Filter, Operand } from './filter.ts';

/** Reads properties of the thing a filter is asked about. Dates are ms since 1970 UTC. Throws 400 for unknown names. */
export interface Readable {
  property(path: readonly string[]): unknown;
  /** Elements of a collection that an any() with this condition may ask about. */
  elements(path: readonly string[], where: Filter): readonly Readable[];
}

/** A plain value as an element of a collection: `any(p: p eq 'x')`. */
export function readableValue(value: unknown): Readable {
  return { property: (path) => (path.length === 0 ? value : undefined), elements: () => [] };
}

/** Whether a thing meets a filter. Texts are compared without case, as the directory and the mailbox store do. */
export function matchesFilter(filter: Filter, thing: Readable): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, thing));
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, thing));
    case 'not':
      return !matchesFilter(filter.part, thing);
    case 'any':
      return thing
        .elements(filter.path, filter.where)
        .some((element) => matchesFilter(filter.where, scoped(filter.variable, element, thing)));
    case 'call': {
      const [text, piece] = filter.args.map((arg) => fold(valueOf(arg, thing)));
      if (typeof text !== 'string' || typeof piece !== 'string') return false;
      if (filter.name === 'startswith') return text.startsWith(piece);
      return filter.name === 'endswith' ? text.endsWith(piece) : text.includes(piece);
    }
    default:
      return compare(filter.operator, fold(valueOf(filter.left, thing)), fold(valueOf(filter.right, thing)));
  }
}

/** Names a filter mentions outside of lambdas: `receivedDateTime`, `from`. */
export function filteredProperties(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.parts.flatMap(filteredProperties);
    case 'not':
      return filteredProperties(filter.part);
    case 'any':
      return filter.path.slice(0, 1);
    case 'call':
      return filter.args.flatMap(operandName);
    default:
      return [...operandName(filter.left), ...operandName(filter.right)];
  }
}

function operandName(operand: Operand): readonly string[] {
  if (operand.kind === 'cast') return operandName(operand.operand);
  return operand.kind === 'path' ? operand.path.slice(0, 1) : [];
}

function scoped(variable: string, element: Readable, outer: Readable): Readable {
  return {
    property: (path) => (path[0] === variable ? element.property(path.slice(1)) : outer.property(path)),
    elements: (path, where) =>
      path[0] === variable ? element.elements(path.slice(1), where) : outer.elements(path, where),
  };
}

function valueOf(operand: Operand, thing: Readable): unknown {
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind === 'path') return thing.property(operand.path);
  const value = valueOf(operand.operand, thing);
  return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)) ? Number(value) : value;
}

function fold(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function compare(operator: Comparison, left: unknown, right: unknown): boolean {
  if (operator === 'eq') return left === right;
  if (operator === 'ne') return left !== right;
  if (left === undefined || left === null || right === undefined || right === null) return false;
  if (typeof left === 'number' && typeof right === 'number') return holds(operator, left - right);
  if (typeof left === 'string' && typeof right === 'string')
    return holds(operator, left < right ? -1 : Number(left !== right));
  throw badRequest('Invalid filter clause: the two sides of a comparison are of different types.');
}

function holds(operator: 'gt' | 'ge' | 'lt' | 'le', difference: number): boolean {
  if (operator === 'gt') return difference > 0;
  if (operator === 'ge') return difference >= 0;
  return operator === 'lt' ? difference < 0 : difference <= 0;
}
