/** A row of a Markdown table; what would end a cell is escaped. */
export function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

export function table(heads: readonly string[], rows: readonly string[]): readonly string[] {
  return [row(...heads), row(...heads.map(() => '---')), ...rows];
}
