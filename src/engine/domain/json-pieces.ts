/**
 * The bytes of `JSON.stringify(value, undefined, 2)` piece by piece: a pack of 50,000 users is never one string. Line feeds inside
 * of strings are escaped in JSON, so every line feed is one of the layout.
 */
export function* jsonPieces(value: object): Iterable<string> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return void (yield '{}');
  for (const [at, [name, member]] of members.entries()) {
    yield `${at === 0 ? '{' : ','}\n  ${JSON.stringify(name)}: `;
    if (Array.isArray(member) && member.length > 0) yield* arrayPieces(member);
    else yield laidOut(member, '  ');
  }
  yield '\n}';
}

function* arrayPieces(items: readonly unknown[]): Iterable<string> {
  for (const [at, item] of items.entries()) yield `${at === 0 ? '[' : ','}\n    ${laidOut(item, '    ')}`;
  yield '\n  ]';
}

function laidOut(value: unknown, indent: string): string {
  return (JSON.stringify(value, undefined, 2) ?? 'null').replaceAll('\n', `\n${indent}`);
}
