import type { Locale } from '../../cards/locale.ts';
import type { CsvProblem } from '../../engine/domain/csv-problems.ts';
import type { Upload } from '../../engine/uploads.ts';

/** What the page shows for a file, in the words of the person's language. */
export interface UploadAnswer {
  readonly tone: 'done' | 'attention' | 'failed';
  readonly title: string;
  readonly sentence: string;
  /** What to write to Bellhop now. */
  readonly command: string | null;
  readonly figures: readonly { readonly label: string; readonly value: string; readonly alarming?: true }[];
  readonly problems: readonly UploadProblem[];
  readonly warnings: readonly UploadProblem[];
  /** The refused rows as a CSV, for the person who just sent them. */
  readonly badRows: string | null;
  readonly badRowsName: string;
  /** Whether the link takes another file. */
  readonly open: boolean;
}

interface UploadProblem {
  /** Null for the whole file. */
  readonly row: number | null;
  readonly message: string;
  readonly remedy: string;
}

const NOTHING = { command: null, figures: [], problems: [], warnings: [], badRows: null, badRowsName: '' } as const;

/** A short answer: why a file was not looked at. */
export function briefAnswer(title: string, sentence: string, open: boolean): UploadAnswer {
  return { ...NOTHING, tone: 'failed', title, sentence, open };
}

/** What became of a file. */
export function uploadAnswer(upload: Upload, locale: Locale): UploadAnswer {
  const { answer: t, closed } = locale.t.upload;
  switch (upload.outcome) {
    case 'busy':
      return briefAnswer(t.busy, t.busyHint, true);
    case 'closed':
      return briefAnswer(upload.state === 'open' ? t.busy : closed[upload.state], '', false);
    case 'refused': {
      const { message, remedy } = locale.failure(upload.error);
      return briefAnswer(message, remedy, true);
    }
    case 'imported':
      return importedAnswer(upload, locale);
  }
}

function importedAnswer(
  { result, badRows, open }: Extract<Upload, { outcome: 'imported' }>,
  locale: Locale,
): UploadAnswer {
  const { answer: t } = locale.t.upload;
  const { batch, added, updated, unchanged, queued, problems, warnings } = result;
  const taken = added + updated + unchanged;
  const refused = new Set(problems.map(({ row }) => row)).size;
  return {
    tone: !open ? 'done' : taken > 0 ? 'attention' : 'failed',
    title: !open ? t.done(added + updated) : taken > 0 ? t.partly(added, refused) : t.refused,
    sentence: open ? t.isOpen : queued > 0 ? t.isQueued(queued) : t.isDone,
    command: open || queued > 0 ? null : `check batch ${batch}`,
    figures: [
      { label: t.added, value: t.count(added) },
      ...(updated > 0 ? [{ label: t.updated, value: t.count(updated) }] : []),
      ...(unchanged > 0 ? [{ label: t.unchanged, value: t.count(unchanged) }] : []),
      ...(open ? [{ label: t.problems, value: t.count(refused), alarming: true as const }] : []),
    ],
    problems: problems.map((each) => shown(each, locale)),
    warnings: warnings.map((each) => shown(each, locale)),
    badRows: badRows === undefined ? null : [...badRows].join(''),
    badRowsName: `${batch}.bad.csv`,
    open,
  };
}

function shown(problem: CsvProblem, locale: Locale): UploadProblem {
  const { row, message, remedy } = locale.problem(problem);
  if (row === undefined) return { row: null, message, remedy };
  // The number stands in a column of its own.
  const prefix = `${locale.t.upload.page.row} ${row}: `;
  const rest = message.startsWith(prefix) ? message.slice(prefix.length) : message;
  return { row, message: rest.charAt(0).toUpperCase() + rest.slice(1), remedy };
}
