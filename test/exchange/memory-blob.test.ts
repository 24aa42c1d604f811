import { expect, test } from 'vitest';
import { withMemoryBlobs } from '../../src/exchange/memory-blob.ts';

const Native = globalThis.Blob;
const message = Buffer.from('a line\nanother one\n');

async function textOf(blob: Pick<Blob, 'arrayBuffer'>): Promise<string> {
  return Buffer.from(await blob.arrayBuffer()).toString();
}

test('the parser gets the bytes of its lines, without waiting for the event loop', async () => {
  const found = await withMemoryBlobs(message, async (own) => {
    let turns = 0;
    const counting = setImmediate(() => (turns += 1));
    const lines = [new Uint8Array(own, 0, 6), '\n', new Uint8Array(own, 7, 11), '\n'];
    const texts = [await textOf(new Blob(lines)), await textOf(new Blob([])), await textOf(new Blob([own, 'x']))];
    clearImmediate(counting);
    return { texts, turns };
  });

  expect(found).toEqual({ texts: ['a line\nanother one\n', '', 'a line\nanother one\nx'], turns: 0 });
});

test('whoever else makes a Blob meanwhile gets a real one', async () => {
  await withMemoryBlobs(message, async () => {
    class Own extends Blob {}
    for (const blob of [
      new Blob(['\n', Uint8Array.of(97), new Blob(['b'])], { type: 'text/plain' }),
      new Own(['\na', 'b']),
    ]) {
      expect(blob).toBeInstanceOf(Native);
      expect(blob.size).toBe(3);
      expect([await blob.text(), await textOf(blob), await textOf(blob.slice(1))]).toEqual(['\nab', '\nab', 'ab']);
      expect(await textOf(structuredClone(blob))).toBe('\nab');
      expect(await new Response(blob).text()).toBe('\nab');
    }
    expect(new Own([])).toBeInstanceOf(Own);
    const bytes = Uint8Array.of(97);
    const kept = new Blob([bytes]);
    bytes[0] = 98;
    expect(await textOf(kept)).toBe('a');
    expect(new Blob([]).size).toBe(0);
  });
});

test('when the last parse ends, whatever way, everything is as it was', async () => {
  const slow = withMemoryBlobs(message, () => new Promise<void>((resolve) => setImmediate(resolve)));
  await expect(withMemoryBlobs(message, () => Promise.reject(new Error('no message')))).rejects.toThrow('no message');
  expect(globalThis.Blob).not.toBe(Native);
  await slow;
  expect(globalThis.Blob).toBe(Native);
});
