/** What can be wrong after a migration, with the invariant it breaks. */
export const FINDINGS = {
  lost: 'I1',
  'wrong-folder': 'I1',
  'folders-merged': 'I1',
  'wrong-subject': 'I1',
  'wrong-sender': 'I1',
  'wrong-message-id': 'I1',
  'wrong-sent-date': 'I1',
  'wrong-received-date': 'I1',
  'wrong-flags': 'I1',
  'body-lost': 'I1',
  'bytes-changed': 'I1',
  'attachment-lost': 'I1',
  'attachment-doubled': 'I2',
  doubled: 'I2',
  'not-at-source': 'I1',
  'books-wrong': 'I3',
  'source-changed': 'I5',
  'foreign-item-changed': 'I6',
  'needless-write': 'I7',
  'score-too-good': 'I10',
  'bad-manners': 'I12',
  'wrong-owner': 'I13',
  'resources-kept': 'I15',
} as const;

export type FindingCode = keyof typeof FINDINGS;

export interface Finding {
  readonly code: FindingCode;
  /** Login at the source, or whatever it is about. */
  readonly user: string;
  /** Folder and message, for a person. */
  readonly where: string;
  readonly detail: string;
}

/** Findings as lines of text, the invariant first; at most `limit` of a kind are spelled out. */
export function formatFindings(findings: readonly Finding[], limit = 10): string {
  const lines: string[] = [];
  for (const code of Object.keys(FINDINGS) as FindingCode[]) {
    const some = findings.filter((finding) => finding.code === code);
    for (const { user, where, detail } of some.slice(0, limit)) {
      lines.push(`${FINDINGS[code].padEnd(3)} ${code.padEnd(20)} ${user}  ${where}  ${detail}`.trimEnd());
    }
    if (some.length > limit) lines.push(`${' '.repeat(4)}${code.padEnd(20)} and ${some.length - limit} more`);
  }
  return lines.join('\n');
}
