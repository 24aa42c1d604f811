import { assert, json, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../src/engine/domain/canonical-json.ts';

describe('JSON in its canonical form (RFC 8785)', () => {
  test('the example of section 3.2.2', () => {
    const value: unknown = JSON.parse(
      String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
    );

    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test('members are sorted by UTF-16 code units, as in section 3.2.3', () => {
    const value = {
      '\u20ac': 'Euro',
      '\r': 'CR',
      '\ufb33': 'Dalet',
      '1': 'One',
      '\ud83d\ude00': 'Emoji',
      '\u0080': 'Control',
      '\u00f6': 'o',
    };

    const order = [...canonicalJson(value).matchAll(/:"(\w+)"/g)].map(([, name]) => name);
    expect(order).toEqual(['CR', 'One', 'Control', 'o', 'Euro', 'Emoji', 'Dalet']);
  });

  test('whatever came by JSON comes back, in one form however it was written', () => {
    assert(
      property(json(), (text) => {
        const value: unknown = JSON.parse(text);
        const canonical = canonicalJson(value);

        expect(canonicalJson(JSON.parse(canonical))).toBe(canonical);
        expect(canonicalJson(JSON.parse(JSON.stringify(value, undefined, 3)))).toBe(canonical);
      }),
    );
  });

  test('what JSON does not know is refused, what is absent is left out', () => {
    for (const value of [Number.NaN, Infinity, () => 1]) expect(() => canonicalJson({ value })).toThrow(TypeError);
    expect(canonicalJson({ b: undefined, a: [undefined], c: '\ud800' })).toBe('{"a":[null],"c":"\ufffd"}');
  });
});
