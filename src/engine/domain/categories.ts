/** Keywords that mail programs use among themselves and that nobody wants to see as a category. */
const TECHNICAL = new Set([
  '$mdnsent', '$submitpending', '$submitted', 'nonjunk', '$notjunk', 'notjunk', 'junk', '$junk', '$phishing',
  'junkrecorded', '$hasattachment', '$hasnoattachment', '$x-me-annot-2', 'receipthandled',
]); // prettier-ignore

const LABELS: ReadonlyMap<string, string> = new Map([
  ['$label1', 'Important'],
  ['$label2', 'Work'],
  ['$label3', 'Personal'],
  ['$label4', 'To Do'],
  ['$label5', 'Later'],
]);

/**
 * IMAP keywords as Exchange categories; Thunderbird's five labels get the names Thunderbird shows. `mapping` is what a
 * batch says of its own, by keyword in lower case; an empty name leaves the keyword out.
 */
export function categoriesOf(keywords: readonly string[], mapping: CategoryMapping = {}): string[] {
  const names = keywords.flatMap((keyword) => {
    const name = keyword.toLowerCase();
    const own = Object.hasOwn(mapping, name) ? mapping[name] : undefined;
    if (own === undefined && TECHNICAL.has(name)) return [];
    return [(own ?? LABELS.get(name) ?? keyword).replaceAll(',', ' ').slice(0, 255)];
  });
  return [...new Set(names.filter((name) => name !== ''))];
}

export type CategoryMapping = Readonly<Record<string, string>>;

const MOST_MAPPED = 100;

/** Reads `$Label1=Wichtig,work=Arbeit,spam=`; undefined when a pair has no "=", or no keyword that IMAP allows (RFC 3501, atom). */
export function readCategories(text: string): CategoryMapping | undefined {
  const mapping = new Map<string, string>();
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  if (pairs.length === 0 || pairs.length > MOST_MAPPED) return undefined;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const keyword = pair.slice(0, Math.max(0, equals)).trim().toLowerCase();
    if (equals < 0 || !/^[^\s()[\]{%*"\\\p{Cc}]{1,100}$/u.test(keyword)) return undefined;
    mapping.set(keyword, pair.slice(equals + 1).trim());
  }
  return Object.fromEntries(mapping);
}
