import type { DatabaseSync } from 'node:sqlite';

/** Texts that many rows share, by number. */
export interface TextDictionary {
  /** The number of a text, given to it now when it is new (inside the caller's transaction). */
  idOf(text: string): number;
  textOf(id: number): string;
  /** Forgets what was read and given: after a transaction was rolled back its numbers are not true. */
  reset(): void;
}

/** Rows have few different texts in practice; more than this are looked up in the table each time. */
const REMEMBERED = 10_000;

export function textDictionary(database: DatabaseSync): TextDictionary {
  const find = database.prepare('SELECT id FROM text WHERE text = ?');
  const read = database.prepare('SELECT text FROM text WHERE id = ?');
  const insert = database.prepare('INSERT INTO text(text) VALUES (?)');
  const ids = new Map<string, number>();
  const texts = new Map<number, string>();

  function remember(id: number, text: string): void {
    if (ids.size >= REMEMBERED) ids.clear();
    if (texts.size >= REMEMBERED) texts.clear();
    ids.set(text, id);
    texts.set(id, text);
  }

  return {
    idOf(text) {
      const known = ids.get(text);
      if (known !== undefined) return known;
      const id = Number(find.get(text)?.['id'] ?? insert.run(text).lastInsertRowid);
      remember(id, text);
      return id;
    },
    textOf(id) {
      const known = texts.get(id);
      if (known !== undefined) return known;
      const text = String(read.get(id)?.['text'] ?? '');
      remember(id, text);
      return text;
    },
    reset() {
      ids.clear();
      texts.clear();
    },
  };
}
