import { expect, test } from 'vitest';
import { jsonPieces } from '../../src/engine/domain/json-pieces.ts';

test.each([
  {},
  { a: 1, b: null, c: 'x\n "y" \u2028', d: undefined },
  {
    empty: [],
    nested: { deep: [1, { two: [[]] }], none: {} },
    list: [{ text: 'a\nb', more: ['c'] }, null, [], 'd', [1, 2]],
  },
  { list: [undefined, () => 1], after: true },
])('piece by piece it is the same, byte by byte: %j', (value) => {
  expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value, undefined, 2));
});
