/** Of a long text only its start can be a command. */
const LONGEST_START = 120;

/** Beyond this share of wrong letters nobody meant it. */
const FAR = 0.45;

/** The candidate a text is most like, by its first words: what "did you mean" offers. `otherwise` when it is like none. */
export function nearest(text: string, candidates: readonly string[], otherwise?: string): string {
  const given = text.slice(0, LONGEST_START).split(' ');
  let best = candidates[0] ?? 'help';
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const words = candidate.split(' ').length;
    const start = given.slice(0, words).join(' ').slice(0, 40);
    const length = Math.max(1, candidate.length);
    // More edits than this, and it is not nearer than what was found.
    const most = least * length;
    if (Math.abs(start.length - candidate.length) >= most) continue;
    const distance = editDistance(start, candidate, most) / length;
    if (distance < least) [best, least] = [candidate, distance];
  }
  return least > FAR ? (otherwise ?? best) : best;
}

// Edits between two short texts, two neighbours in the wrong order being one: "hlep" is nearer to "help" than to "fehler".
// Infinity as soon as there are `most` of them.
function editDistance(a: string, b: string, most: number): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    // With two rows at the limit no later one is below it.
    if (Math.min(...row) >= most && Math.min(...next) >= most) return Number.POSITIVE_INFINITY;
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
