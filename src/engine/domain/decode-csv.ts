import { type CsvProblem, csvProblem } from './csv-problems.ts';

/** Bytes as text: UTF-8 with or without BOM, or UTF-16 with BOM as Excel's "Unicode text". Anything else is named, never guessed. */
export function decodeCsv(bytes: Uint8Array): { readonly text: string } | { readonly problem: CsvProblem } {
  if (bytes.length === 0) return { problem: csvProblem('CsvEmpty') };
  if (startsWith(bytes, [0xff, 0xfe])) return { text: new TextDecoder('utf-16le').decode(bytes) };
  if (startsWith(bytes, [0xfe, 0xff])) return { text: new TextDecoder('utf-16be').decode(bytes) };
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0])) {
    return { problem: csvProblem('CsvNotText', { kind: 'an Excel file' }) };
  }
  const utf16 = withoutBom(bytes);
  if (utf16 !== undefined) return { text: new TextDecoder(utf16).decode(bytes) };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (/^\s*<(!doctype|html|\?xml)/i.test(text.slice(0, 200)))
      return { problem: csvProblem('CsvNotText', { kind: 'an HTML page' }) };
    return { text };
  } catch {
    return { problem: csvProblem('CsvNotUtf8', { row: rowOfFirstError(bytes) }) };
  }
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, at) => bytes[at] === byte);
}

// A header in UTF-16 without BOM has a NUL in every second byte.
function withoutBom(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes.length < 4) return undefined;
  if (bytes[0] !== 0 && bytes[1] === 0 && bytes[2] !== 0 && bytes[3] === 0) return 'utf-16le';
  if (bytes[0] === 0 && bytes[1] !== 0 && bytes[2] === 0 && bytes[3] !== 0) return 'utf-16be';
  return undefined;
}

function rowOfFirstError(bytes: Uint8Array): number {
  const lenient = new TextDecoder('utf-8').decode(bytes);
  return lenient.slice(0, lenient.indexOf('\ufffd')).split(/\r\n|\r|\n/).length;
}
