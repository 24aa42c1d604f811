/** The candidate a text is most like, by its first words: what "did you mean" offers. */
export function nearest(text: string, candidates: readonly string[]): string {
  let best = candidates[0] ?? 'help';
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const words = candidate.split(' ').length;
    const start = text.split(' ').slice(0, words).join(' ').slice(0, 40);
    const distance = editDistance(start, candidate) / Math.max(1, candidate.length);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

// Levenshtein over two short texts, one row at a time.
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
