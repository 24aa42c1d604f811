import type { Failure } from '../engine/domain/failure.ts';
import {
  type Card,
  type CardElement,
  type Tone,
  band,
  card,
  fromOutside,
  markRow,
  section,
  small,
  subtle,
  underRow,
} from './elements.ts';
import { escapeMarkdown, foreign } from './foreign-text.ts';
import { ENGLISH, type Locale } from './locale.ts';

/** What the doctor looked at; the same shape as engine/doctor.ts. */
export interface DoctorFindings {
  readonly findings: readonly {
    readonly what: keyof Locale['t']['doctor']['whats'];
    readonly health: 'good' | 'look' | 'bad' | 'unknown';
    readonly about?: string;
    readonly value?: string;
    readonly error?: Failure;
  }[];
  readonly asOf: string;
}

const TONE: Readonly<Record<DoctorFindings['findings'][number]['health'], Tone>> = {
  bad: 'failed',
  look: 'attention',
  unknown: 'waiting',
  good: 'done',
};
const ORDER = ['bad', 'look', 'unknown', 'good'] as const;
const MOST_ROWS = 20;

/** The state of the installation, what is wrong first, each with its remedy. */
export function doctorCard({ findings, asOf }: DoctorFindings, locale: Locale = ENGLISH): Card {
  const { t } = locale;
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.health) - ORDER.indexOf(b.health));
  const bad = findings.filter((each) => each.health === 'bad' || each.health === 'look').length;
  const sentence = bad === 0 ? t.doctor.well : t.doctor.wrong(bad);
  const rest = sorted.length - MOST_ROWS;
  return card(
    `${sentence.replaceAll('**', '')} ${t.write('doctor')}`,
    [
      band({
        what: t.doctor.what,
        tone: bad === 0 ? 'done' : 'attention',
        state: bad === 0 ? t.doctor.healthy : t.doctor.look,
        name: 'Bellhop',
        sentence,
      }),
      section(
        t.doctor.title,
        ...sorted.slice(0, MOST_ROWS).flatMap((finding) => findingRows(finding, asOf, locale)),
        ...(rest > 0 ? [markRow('plain', [t.more(rest)])] : []),
      ),
      small(t.asOf(asOf.slice(11, 16))),
    ],
    [
      { title: t.buttons.status, action: { verb: 'status' } },
      { title: t.buttons.endpoints, action: { verb: 'endpoints' } },
    ],
  );
}

function findingRows(
  { what, health, about, value, error }: DoctorFindings['findings'][number],
  asOf: string,
  locale: Locale,
): readonly CardElement[] {
  const { t, clock } = locale;
  const shown = value !== undefined && /^\d{4}-\d\d-\d\dT/.test(value) ? clock(value, asOf) : (value ?? '');
  const name = about === undefined || about === '' ? [] : [' ', fromOutside(about, 60)];
  const word = shown === '' ? t.doctor.healths[health] : escapeMarkdown(foreign(shown, 24));
  const rows = [markRow(TONE[health], [t.doctor.whats[what], ...name, subtle(`  ${t.doctor.hints[what]}`)], word)];
  if (error === undefined || health === 'good') {
    if (health !== 'look' && health !== 'unknown') return rows;
    return [...rows, underRow(t.doctor.remedies[what])];
  }
  const { message, remedy } = locale.failure(error);
  return [...rows, underRow(fromOutside(message, 200)), underRow(fromOutside(remedy, 200))];
}
