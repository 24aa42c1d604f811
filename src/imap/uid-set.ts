/** UIDs as an IMAP sequence set (RFC 3501, 9), runs as ranges: `1:3,7`. */
export function uidSet(uids: readonly number[]): string {
  const sorted = [...uids].sort((a, b) => a - b);
  const ranges: string[] = [];
  let first: number | undefined;
  let last = 0;
  const flush = (): void => {
    if (first !== undefined) ranges.push(first === last ? String(first) : `${first}:${last}`);
  };
  for (const uid of sorted) {
    if (first !== undefined && uid === last + 1) last = uid;
    else {
      flush();
      first = uid;
      last = uid;
    }
  }
  flush();
  return ranges.join(',');
}
