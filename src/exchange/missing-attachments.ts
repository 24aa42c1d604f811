import type { Attachment } from '@microsoft/microsoft-graph-types';
import type { ParsedAttachment } from './read-mime.ts';

/**
 * Which attachments of a message its item still lacks. Names may repeat, and the server's size has some bytes of its own on
 * top of the content: each one that is there is taken for the largest of that name it has room for.
 */
export function missingAttachments(
  expected: readonly ParsedAttachment[],
  present: readonly Pick<Attachment, 'name' | 'size'>[],
): readonly ParsedAttachment[] {
  // Exchange may change a name; as many as there should be are all.
  if (present.length >= expected.length) return [];
  const missing = new Set(expected);
  const sizes = new Map(expected.map((each) => [each, each.ranges().length]));
  const sizeOf = (each: ParsedAttachment): number => sizes.get(each) ?? 0;
  for (const { name, size } of present.toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0))) {
    const candidates = [...missing].filter((each) => each.name === name).sort((a, b) => sizeOf(b) - sizeOf(a));
    const it = candidates.find((each) => sizeOf(each) <= (size ?? 0)) ?? candidates.at(-1);
    if (it !== undefined) missing.delete(it);
  }
  return expected.filter((each) => missing.has(each));
}
