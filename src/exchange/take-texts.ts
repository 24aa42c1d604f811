import { isAscii } from 'node:buffer';
import { isRegularBase64 } from './read-text.ts';
import { type PartForm, type TextForm, partForm } from './text-form.ts';

/** A body of text that was taken out of a message. */
export interface TakenText {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
  readonly form: TextForm;
  /** Where its part header begins. */
  readonly headerAt: number;
}

/** Text is read line by line by parsers, at a hundred times the cost of other bytes. */
const WORTH_TAKING = 256;

/**
 * Collects the texts of a message that can be taken: one of each type, since parsers put several together, and none where a
 * header in it may be read in another way than here, because a boundary might go unseen.
 */
export function takeTexts(raw: Buffer) {
  const texts: TakenText[] = [];
  let isClear = true;
  return {
    /** Looks at a part header, unfolded; answers where the text behind it ends, or what else the header is. */
    look(
      header: string | undefined,
      headerAt: number,
      start: number,
      endOf: (start: number) => number,
    ): number | Exclude<PartForm, TextForm> {
      const isReadable = header !== undefined && isAscii(raw.subarray(headerAt, start));
      const form = isReadable ? partForm(header) : 'doubtful';
      if (form === 'doubtful') isClear = false;
      if (typeof form === 'string') return form;
      const end = endOf(start);
      texts.push({ start, end, bytes: raw.subarray(start, end), form, headerAt });
      return end;
    },
    found(): readonly TakenText[] {
      if (!isClear || new Set(texts.map((each) => each.form.type)).size < texts.length) return [];
      return texts.filter(
        ({ bytes, form }) => bytes.length >= WORTH_TAKING && (form.encoding !== 'base64' || isRegularBase64(bytes)),
      );
    },
  };
}
