import { OWNER_CODES, type OwnerFindings } from '../engine/domain/owner-findings.ts';
import { type CardElement, fromOutside, markRow, section, subtle } from './elements.ts';
import { ENGLISH, type Locale } from './locale.ts';

/** What the target's owner did and what waits for a person: shown apart from the score, because nothing of it is lost. */
export function findingsSection(findings: OwnerFindings, { t }: Locale = ENGLISH): CardElement | undefined {
  const rows = OWNER_CODES.flatMap((code) => {
    const finding = findings[code];
    if (finding === undefined) return [];
    const where = fromOutside(finding.folders.join(', '), 160);
    return [
      markRow(code === 'RemovalHeld' ? 'attention' : 'plain', [t.findings[code](finding.count), subtle(' · '), where]),
    ];
  });
  return rows.length === 0 ? undefined : section(t.findings.title, ...rows);
}
