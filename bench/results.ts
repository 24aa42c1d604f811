import { mkdirSync, writeFileSync } from 'node:fs';

/** Keeps the figures of a bench under bench/results. */
export function writeResults(name: string, rows: unknown): void {
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  writeFileSync(new URL(`results/${name}.json`, import.meta.url), `${JSON.stringify(rows, undefined, 2)}\n`);
}
