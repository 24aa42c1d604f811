/** Keywords that mail programs use among themselves and that nobody wants to see as a category. */
const TECHNICAL = new Set([
  '$mdnsent', '$submitpending', '$submitted', 'nonjunk', '$notjunk', 'notjunk', 'junk', '$junk', '$phishing',
  'junkrecorded', '$hasattachment', '$hasnoattachment', '$x-me-annot-2', 'receipthandled',
]); // prettier-ignore

const LABELS: Readonly<Record<string, string>> = {
  $label1: 'Important',
  $label2: 'Work',
  $label3: 'Personal',
  $label4: 'To Do',
  $label5: 'Later',
};

/** IMAP keywords as Exchange categories; Thunderbird's five labels get the names Thunderbird shows. */
export function categoriesOf(keywords: readonly string[]): string[] {
  const wanted = keywords.filter((keyword) => !TECHNICAL.has(keyword.toLowerCase()));
  const names = wanted.map((keyword) => (LABELS[keyword.toLowerCase()] ?? keyword).replaceAll(',', ' ').slice(0, 255));
  return [...new Set(names)];
}
